package dev.parley.campaigns.histories;

/** How new a read was to be. */
sealed interface Freshness {
    /** The latest: the call brings no bookmark. */
    record Now() implements Freshness {}

    /** However old. */
    record Ever() implements Freshness {}

    /**
     * At least as new as what another call was told.
     *
     * @param call the number of that call
     * @param bookmark as it came with its reply
     */
    record Told(int call, String bookmark) implements Freshness {}
}
