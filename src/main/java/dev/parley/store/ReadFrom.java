package dev.parley.store;

/** How new the state must be that a read sees. */
public sealed interface ReadFrom {
    ReadFrom PRIMARY = new Primary();
    ReadFrom ANYWHERE = new Anywhere();

    /** The primary's latest state. */
    record Primary() implements ReadFrom {}

    /** Any node's state, however old. */
    record Anywhere() implements ReadFrom {}

    /** The state of any node that has reached {@code bookmark}. */
    record AtLeast(Bookmark bookmark) implements ReadFrom {
        /**
         * The bookmark that a client sent.
         *
         * @throws dev.parley.session.SignalingException.Malformed if {@code text} is not a bookmark
         */
        public AtLeast(String text) {
            this(Bookmark.parse(text));
        }
    }

    /** The state of this node, however old: for comparing nodes. */
    record At(Node node) implements ReadFrom {}
}
