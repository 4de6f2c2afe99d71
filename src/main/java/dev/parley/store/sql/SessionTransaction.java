package dev.parley.store.sql;

import dev.parley.session.SessionKey;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.SQLException;
import java.time.Instant;

/** A transaction on one session, at the time {@code now}. */
public record SessionTransaction(Statements statements, SessionKey key, Instant now) {
    /** The condition that every guard contains: parameters namespace, code, now. */
    static final String LIVE = "namespace = ? AND code = ? AND expires_at > ?";

    Statements.Call call(Sql sql) throws SQLException {
        return statements.call(sql);
    }

    /** Binds the parameters of {@link #LIVE}. */
    Statements.Call live(Statements.Call call) throws SQLException {
        return call.bind(key).bind(now);
    }
}
