package dev.parley.contract;

import dev.parley.store.Database;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;

/** Keys and a PostgreSQL database. */
class PostgresSealingTest extends SealingContract {
    private final PostgresCluster cluster = PostgresCluster.shared();

    @Override
    Database open(PayloadEncryption secrecy) {
        return PostgresNode.over(cluster, secrecy).database();
    }
}
