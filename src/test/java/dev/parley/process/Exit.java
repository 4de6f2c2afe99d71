package dev.parley.process;

/**
 * How a process of the jar ended.
 *
 * @param code the exit code; 128 + n where signal n ended it
 * @param out all of its standard output
 * @param err all of its standard error, where the log goes
 */
public record Exit(int code, String out, String err) {}
