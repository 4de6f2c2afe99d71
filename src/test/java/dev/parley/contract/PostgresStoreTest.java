package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The store's contract on PostgreSQL. */
@QuarkusTest
@TestProfile(PostgresProfile.class)
class PostgresStoreTest extends StoreContract {}
