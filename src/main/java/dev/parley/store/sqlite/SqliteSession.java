package dev.parley.store.sqlite;

import dev.parley.store.sql.SessionRow;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** The {@code Session} of SQLite's persistence unit. */
@Entity(name = "Session")
@Table(name = "sessions")
public class SqliteSession extends SessionRow {}
