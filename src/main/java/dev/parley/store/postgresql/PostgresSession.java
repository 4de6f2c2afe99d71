package dev.parley.store.postgresql;

import dev.parley.store.sql.SessionRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** The {@code Session} of PostgreSQL's persistence unit. */
@Entity(name = "Session")
@Table(name = "sessions")
public class PostgresSession extends SessionRow {}
