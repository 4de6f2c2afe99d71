package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

/** The races on PostgreSQL. */
@Tag("campaign")
@QuarkusTest
@TestProfile(PostgresProfile.class)
class PostgresRacesTest extends RacesContract {}
