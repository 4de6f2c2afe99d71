package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The races on SQLite. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteRacesTest extends RacesContract {}
