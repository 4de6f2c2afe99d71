package dev.parley.contract;

import dev.parley.session.Limits;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Sql;

/** What the cases of the store's contract are given: an engine with the use cases over it, and a clock to move. */
interface StoreUnderTest {
    Database database();

    Signaling signaling();

    Limits limits();

    MovableClock clock();

    /** Peers in a namespace that only this test uses. */
    Peers peers();

    /** The one number that a query of the primary gives, whatever the use cases would hide. */
    default long count(Sql query, String parameter) {
        return Awaited.result(database()
                .write(tx -> tx.call(query).bind(parameter).all(rows -> {
                    rows.next();
                    return rows.getLong(1);
                })));
    }
}
