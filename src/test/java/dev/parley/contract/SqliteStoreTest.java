package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The store's contract on SQLite. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteStoreTest extends StoreContract {}
