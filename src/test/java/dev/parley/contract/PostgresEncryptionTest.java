package dev.parley.contract;

import dev.parley.store.Database;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import org.junit.jupiter.api.Tag;

/** Encryption of a PostgreSQL database. */
@Tag("integration")
class PostgresEncryptionTest extends EncryptionContract {
    private final PostgresCluster cluster = PostgresCluster.shared();

    @Override
    Database open(boolean encrypts) {
        return PostgresNode.over(cluster).database();
    }
}
