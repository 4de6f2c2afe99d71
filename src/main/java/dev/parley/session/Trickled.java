package dev.parley.session;

/**
 * What became of a {@link Trickle}.
 *
 * @param seq the number of the session's latest event after it
 * @param added how many candidates were new; one that this side already had in this generation is not counted again
 */
public record Trickled(long seq, int added) {}
