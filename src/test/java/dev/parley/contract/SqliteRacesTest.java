package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

/** The races on SQLite. */
@Tag("campaign")
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteRacesTest extends RacesContract {}
