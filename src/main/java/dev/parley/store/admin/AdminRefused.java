package dev.parley.store.admin;

/** An operation that is impossible. The message is one line with the reason and what to do about it. */
public final class AdminRefused extends RuntimeException {
    public AdminRefused(String line) {
        super(line);
    }
}
