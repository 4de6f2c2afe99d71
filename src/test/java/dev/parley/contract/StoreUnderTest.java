package dev.parley.contract;

import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Statements.Sql;

/** An engine under test, with the use cases over it and a movable clock. */
interface StoreUnderTest {
    Database database();

    Signaling signaling();

    SessionConfig limits();

    MovableClock clock();

    /** Peers in a namespace that only this test uses. */
    Peers peers();

    /** The number that a query on the primary returns. */
    default long count(Sql query, String parameter) {
        return Awaited.result(database()
                .write(tx -> tx.call(query).bind(parameter).all(rows -> {
                    rows.next();
                    return rows.getLong(1);
                })));
    }
}
