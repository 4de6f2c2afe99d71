package dev.parley.http;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

@Tag("campaign")
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteReconnectTest extends ReconnectContract {}
