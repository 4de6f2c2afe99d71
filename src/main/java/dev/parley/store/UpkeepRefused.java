package dev.parley.store;

/** What an operator asked for cannot be done. The message is one line that says why, and what to do about it. */
public final class UpkeepRefused extends RuntimeException {
    public UpkeepRefused(String line) {
        super(line);
    }
}
