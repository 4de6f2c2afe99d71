package dev.parley.ops.command;

/** How a command tells a script what became of it; {@code --help} says the same. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Nothing is broken, and something wants attention. */
    static final int WARNED = 3;

    private ExitCode() {}
}
