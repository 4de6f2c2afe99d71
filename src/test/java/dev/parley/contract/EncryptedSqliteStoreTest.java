package dev.parley.contract;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

/** The store's contract on an encrypted SQLite file. */
@Tag("integration")
@QuarkusTest
@TestProfile(EncryptedSqliteProfile.class)
class EncryptedSqliteStoreTest extends StoreContract {}
