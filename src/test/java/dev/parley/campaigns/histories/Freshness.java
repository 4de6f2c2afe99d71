package dev.parley.campaigns.histories;

/** How new a read was to be. */
sealed interface Freshness {
    /** The latest: the call brings no bookmark. */
    record Latest() implements Freshness {}

    /** However old. */
    record Any() implements Freshness {}

    /**
     * At least as new as what another call was told.
     *
     * @param call the number of that call
     * @param bookmark as it came with its reply
     */
    record Bookmarked(int call, String bookmark) implements Freshness {}
}
