package dev.parley.store;

/** How new a read must be. */
public sealed interface ReadFrom {
    ReadFrom PRIMARY = new Primary();
    ReadFrom ANYWHERE = new Anywhere();

    /** The primary's latest state. */
    record Primary() implements ReadFrom {}

    /** Any node's state, however old. */
    record Anywhere() implements ReadFrom {}

    /** The state of any node that has reached {@code bookmark}, as the client sent it. */
    record AtLeast(String bookmark) implements ReadFrom {}

    /** The state of this very node, however old: for comparing nodes. */
    record At(Node node) implements ReadFrom {}
}
