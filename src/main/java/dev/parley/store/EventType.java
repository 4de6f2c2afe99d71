package dev.parley.store;

import java.sql.SQLException;

/** The kinds of events as column {@code events.type} numbers them. The numbers are part of the schema. */
enum EventType {
    OFFER(1),
    ANSWER(2),
    CANDIDATE(3),
    END_OF_CANDIDATES(4);

    private static final EventType[] BY_NUMBER = {OFFER, ANSWER, CANDIDATE, END_OF_CANDIDATES};

    private final int number;

    EventType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static EventType numbered(int number) throws SQLException {
        if (number < 1 || number > BY_NUMBER.length) {
            throw new SQLException("events.type holds the unknown number " + number);
        }
        return BY_NUMBER[number - 1];
    }
}
