package dev.parley.campaigns.histories;

import java.util.List;

/**
 * That a history is not one of a session.
 *
 * @param check which check says so
 * @param why in a line
 * @param calls those that show it
 */
record Violation(Check check, String why, List<Invocation> calls) {
    /** What a history is held against. */
    enum Check {
        /** Each reply is one of the contract's. */
        CONTRACT("a reply that the contract does not know"),
        /** Calls without a bookmark, and what the primary served, can be put in one order. */
        ORDER("linearizability"),
        /** What replicas served was as new as the bookmark. */
        BOOKMARK("what a bookmark promises"),
        /** Bookmarks grow as time goes on. */
        BOOKMARK_ORDER("the order of bookmarks"),
        /** Who waits hears of news. */
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
