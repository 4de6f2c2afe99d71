package dev.parley.session;

import java.util.Optional;

/** One of the two peers of a session, named by its role in the offer/answer exchange (RFC 3264, section 4). */
public enum Side {
    /** The peer that opened the session; only this side makes offers. */
    OFFERER("offerer"),
    /** The peer whose answer was accepted first. */
    ANSWERER("answerer");

    private final String word;

    Side(String word) {
        this.word = word;
    }

    /** The side's name in JSON, in the database and in the log. */
    public String word() {
        return word;
    }

    /** The peer on the other end. */
    public Side other() {
        return this == OFFERER ? ANSWERER : OFFERER;
    }

    /** The side of that name, or nothing for another word. */
    public static Optional<Side> named(String word) {
        return switch (word) {
            case "offerer" -> Optional.of(OFFERER);
            case "answerer" -> Optional.of(ANSWERER);
            default -> Optional.empty();
        };
    }
}
