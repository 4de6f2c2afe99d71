package dev.parley.http;

import dev.parley.contract.PostgresProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

@Tag("campaign")
@QuarkusTest
@TestProfile(PostgresProfile.class)
class PostgresReconnectTest extends ReconnectContract {}
