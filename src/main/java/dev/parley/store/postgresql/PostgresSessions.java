package dev.parley.store.postgresql;

import dev.parley.store.sql.SessionRepository;
import dev.parley.store.sql.TopicIndex;
import jakarta.inject.Singleton;

/** The repository of PostgreSQL's persistence unit. */
@Singleton
public class PostgresSessions extends SessionRepository<PostgresSession> {
    public PostgresSessions() {
        super(TopicIndex.BEGINNING);
    }
}
