package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

/** The store's contract on SQLite with keys: sealed or in clear, a store does the same. */
@Tag("integration")
@QuarkusTest
@TestProfile(SealedSqliteProfile.class)
class SealedSqliteStoreTest extends StoreContract {}
