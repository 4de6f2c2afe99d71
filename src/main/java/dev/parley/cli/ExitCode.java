package dev.parley.cli;

/**
 * How the process tells a script or a service manager what became of it; {@code --help} lists the same. Wrong settings, which a
 * restart does not mend, have other codes than what may pass, so that a service manager need not restart for them.
 */
public final class ExitCode {
    public static final int DONE = 0;
    /** Refused, for a reason that the operator can change: a setting, a file, a port in use; or a command failed. */
    public static final int FAILED = 1;
    /** Nothing is broken, and something wants attention. */
    public static final int WARNED = 3;
    /** The store cannot be reached at the moment; EX_UNAVAILABLE of sysexits.h. */
    public static final int UNAVAILABLE = 69;
    /** A fault of Parley itself, with a stack trace; EX_SOFTWARE of sysexits.h. */
    public static final int FAULT = 70;

    private ExitCode() {}
}
