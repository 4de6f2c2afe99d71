package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** The store's contract on SQLite where nothing is remembered: what is read is what is in the file. */
@QuarkusTest
@TestProfile(SqliteWithoutMemoryProfile.class)
class SqliteWithoutMemoryStoreTest extends StoreContract {}
