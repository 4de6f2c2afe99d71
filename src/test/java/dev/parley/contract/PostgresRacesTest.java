package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The races on PostgreSQL. */
@QuarkusTest
@TestProfile(PostgresProfile.class)
class PostgresRacesTest extends RacesContract {}
