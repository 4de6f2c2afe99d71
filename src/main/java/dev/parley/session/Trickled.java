package dev.parley.session;

/**
 * The result of a {@link Trickle}.
 *
 * @param seq the number of the session's latest event afterwards
 * @param added the number of candidates that the side did not have in this generation
 */
public record Trickled(long seq, int added) {}
