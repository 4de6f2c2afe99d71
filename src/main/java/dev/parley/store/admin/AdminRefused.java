package dev.parley.store.admin;

/** What an operator asked for cannot be done. The message is one line that says why, and what to do about it. */
public final class AdminRefused extends RuntimeException {
    public AdminRefused(String line) {
        super(line);
    }
}
