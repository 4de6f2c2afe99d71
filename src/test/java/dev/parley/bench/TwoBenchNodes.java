package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.store.postgresql.PostgresCluster;

/** Two nodes of the service over one PostgreSQL server, whose commits are fsynced. */
record TwoBenchNodes(PostgresCluster cluster, RunningParley one, RunningParley other) implements AutoCloseable {
    static TwoBenchNodes start(TemporaryFolder folder) {
        PostgresCluster cluster = PostgresCluster.ofTwo();
        cluster.standby().close(); // nobody reads there, and it would share the disk
        ParleyJar jar = ParleyJar.in(folder.path())
                .optimizing()
                .with("PARLEY_STORE_URL", cluster.primary().url())
                .with("PARLEY_STORE_SILENCE_MAX", "10s"); // who measures need not know whether a loaded machine is well
        return new TwoBenchNodes(cluster, jar.start(), jar.start());
    }

    @Override
    public void close() {
        one.close();
        other.close();
        cluster.close();
    }
}
