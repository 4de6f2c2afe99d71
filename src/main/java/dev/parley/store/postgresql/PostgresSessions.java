package dev.parley.store.postgresql;

import dev.parley.store.sql.SessionRepository;
import jakarta.inject.Singleton;

/** The repository of PostgreSQL's persistence unit. */
@Singleton
public class PostgresSessions extends SessionRepository<PostgresSession> {
    public PostgresSessions() {
        super(false);
    }
}
