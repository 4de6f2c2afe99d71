package dev.parley.campaigns.histories;

import java.util.List;

/**
 * A violation in a history.
 *
 * @param check that detected it
 * @param why in one line
 * @param calls that show it
 */
record Violation(Check check, String why, List<Invocation> calls) {
    /** The checks of a history. */
    enum Check {
        /** Each reply conforms to the contract. */
        CONTRACT("a reply that the contract does not know"),
        /** Calls without a bookmark, and replies of the primary, can be ordered. */
        ORDER("linearizability"),
        /** Replies of replicas are as new as the bookmark. */
        BOOKMARK("what a bookmark promises"),
        /** Later replies have later bookmarks. */
        BOOKMARK_ORDER("the order of bookmarks"),
        /** Waiters are notified of events. */
        WAKING("waking who waits"),
        /** The checker could decide. */
        DECIDED("the bound of the search");

        private final String words;

        Check(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
