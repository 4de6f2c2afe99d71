package dev.parley.http;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;

@Tag("integration")
@QuarkusTest
@TestProfile(PostgresKeyProfile.class)
class PostgresKeyNamespacesTest extends KeyNamespacesContract {}
