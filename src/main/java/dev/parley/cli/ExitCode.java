package dev.parley.cli;

/**
 * Exit codes of the process, as {@code --help} lists them. Errors that a restart cannot fix have other codes than temporary ones, so
 * that a service manager can avoid useless restarts.
 */
public final class ExitCode {
    public static final int DONE = 0;
    /** Refused or failed for a reason that the operator can change, such as a setting, a file or a port in use. */
    public static final int FAILED = 1;
    /** {@code doctor}: warnings, but no fault. */
    public static final int WARNED = 3;
    /** The store is temporarily unreachable; EX_UNAVAILABLE of sysexits.h. */
    public static final int UNAVAILABLE = 69;
    /** A bug in Parley, reported with a stack trace; EX_SOFTWARE of sysexits.h. */
    public static final int FAULT = 70;

    private ExitCode() {}
}
