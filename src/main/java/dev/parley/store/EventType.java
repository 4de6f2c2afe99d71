package dev.parley.store;

import java.sql.SQLException;

/** The kinds of events, as column {@code events.type} names them. The words are part of the schema. */
enum EventType {
    OFFER("offer"),
    ANSWER("answer"),
    CANDIDATE("candidate"),
    END_OF_CANDIDATES("end-of-candidates");

    private final String word;

    EventType(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    static EventType named(String word) throws SQLException {
        return switch (word) {
            case "offer" -> OFFER;
            case "answer" -> ANSWER;
            case "candidate" -> CANDIDATE;
            case "end-of-candidates" -> END_OF_CANDIDATES;
            default -> throw new SQLException("events.type holds an unknown word");
        };
    }
}
