package dev.parley.campaigns.histories;

/** The minimum state of a read. */
sealed interface Freshness {
    /** The latest state: the call has no bookmark. */
    record Latest() implements Freshness {}

    /** Any state. */
    record Any() implements Freshness {}

    /**
     * At least as new as the reply of another call.
     *
     * @param call the number of that call
     * @param bookmark of its reply
     */
    record Bookmarked(int call, String bookmark) implements Freshness {}
}
