package dev.parley.store.sqlite;

import dev.parley.store.sql.SessionRepository;
import jakarta.inject.Singleton;

/** The repository of SQLite's persistence unit. */
@Singleton
public class SqliteSessions extends SessionRepository<SqliteSession> {
    public SqliteSessions() {
        super(true);
    }
}
