package dev.parley.session;

/** Where a session is found: its code in its namespace. */
public record SessionKey(Namespace namespace, Code code) {
    /** Names the session to who knows the key, and tells nobody else the code. */
    public SessionMark mark() {
        return SessionMark.of(this);
    }
}
