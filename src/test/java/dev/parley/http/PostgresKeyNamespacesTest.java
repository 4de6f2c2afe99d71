package dev.parley.http;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

@QuarkusTest
@TestProfile(PostgresKeyProfile.class)
class PostgresKeyNamespacesTest extends KeyNamespacesContract {}
