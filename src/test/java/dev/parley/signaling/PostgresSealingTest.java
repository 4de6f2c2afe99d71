package dev.parley.signaling;

import dev.parley.store.Database;
import dev.parley.store.Secrecy;
import dev.parley.store.postgresql.Parley;
import dev.parley.store.postgresql.PostgresCluster;

/** Keys and a PostgreSQL database. */
class PostgresSealingTest extends SealingContract {
    private final PostgresCluster cluster = PostgresCluster.shared();

    @Override
    Database open(Secrecy secrecy) {
        return Parley.over(cluster, secrecy).database();
    }
}
