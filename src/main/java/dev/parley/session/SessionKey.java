package dev.parley.session;

/** Identifies a session: its code in its namespace. */
public record SessionKey(Namespace namespace, Code code) {
    /** Identifies the session without revealing the code. */
    public KeyMark mark() {
        return KeyMark.of(code + " " + namespace); // a code contains no space
    }
}
