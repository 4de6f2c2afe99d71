package dev.parley.contract;

import dev.parley.store.Database;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import org.junit.jupiter.api.Tag;

/** Keys and a PostgreSQL database. */
@Tag("integration")
class PostgresSealingTest extends SealingContract {
    private final PostgresCluster cluster = PostgresCluster.shared();

    @Override
    Database open(PayloadEncryption secrecy) {
        return PostgresNode.over(cluster, secrecy).database();
    }
}
