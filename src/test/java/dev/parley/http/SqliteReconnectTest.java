package dev.parley.http;

import dev.parley.signaling.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The reconnects on SQLite. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteReconnectTest extends ReconnectContract {}
