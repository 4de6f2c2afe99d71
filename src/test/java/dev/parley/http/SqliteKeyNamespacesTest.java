package dev.parley.http;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(KeyProfile.class)
class SqliteKeyNamespacesTest extends KeyNamespacesContract {}
