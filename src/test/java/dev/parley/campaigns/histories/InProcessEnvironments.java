package dev.parley.campaigns.histories;

import dev.parley.contract.MovableClock;
import dev.parley.expiry.Sweeper;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.postgresql.PostgresNotifications;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.waiting.NodeNotifications;
import dev.parley.waiting.TestWaitRegistries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Environments in which peers call the use cases. */
final class InProcessEnvironments {
    private static final Duration ANY_LAG = Duration.ofHours(1);
    private static final Sql BEGIN = new Sql("begin", "BEGIN IMMEDIATE");
    private static final Sql COMMIT = new Sql("commit", "COMMIT");
    private static final int SWEEP_MAX = 500;

    private InProcessEnvironments() {}

    /** One node over a new SQLite file; a command beside it sweeps. */
    static Environment sqlite(Path folder, Mutant.Fault fault) throws SQLException {
        var clock = new MovableClock();
        var clockwork = new RecordedClock(clock.instant(), clock::moveTo);
        var file = new OfflineStore(folder.resolve("parley.db"));
        Database served = fault.database(file.openPatiently());
        var feed = TestWaitRegistries.among(NodeNotifications.NONE, clock);
        var signaling = TestSignaling.over(served, fault.notified(feed), Environment.LIMITS, clock, new SecureRandom());
        var service = new InProcessService(
                List.of(InProcessService.Node.over(served, signaling, feed, clock)), fault::pushes);
        Connection beside = file.connectBeside();
        var commands = new Statements(beside);
        Environment.Stir sweep = () -> {
            commands.call(BEGIN).run();
            SessionStore.sweep(commands, clock.instant(), SWEEP_MAX);
            commands.call(COMMIT).run();
        };
        return new Environment(
                fault.service(service, clockwork),
                clockwork,
                List.of(Environment.ticking(clockwork, sweep)),
                List.of(commands, beside));
    }

    /** Two nodes over one PostgreSQL server and its lagging replica. */
    static Environment postgres(PostgresCluster cluster, boolean lagging, Mutant.Fault fault) {
        var clock = new MovableClock();
        var clockwork = new RecordedClock(clock.instant(), clock::moveTo);
        var nodes = new ArrayList<InProcessService.Node>();
        var parts = new ArrayList<AutoCloseable>();
        for (int i = 0; i < 2; i++) {
            PostgresNode parley = PostgresNode.over(cluster, ANY_LAG);
            var neighbours = new PostgresNotifications(PostgresNode.locator(cluster), new SecureRandom());
            parts.add(neighbours);
            Database served = fault.database(parley.database());
            var feed = TestWaitRegistries.among(neighbours, clock);
            nodes.add(InProcessService.Node.over(
                    served,
                    TestSignaling.over(served, fault.notified(feed), Environment.LIMITS, clock, new SecureRandom()),
                    feed,
                    clock));
        }
        var stirs = new ArrayList<Environment.Stir>();
        stirs.add(Environment.ticking(
                clockwork, new Sweeper(nodes.get(0).database(), clock, new SimpleMeterRegistry())::sweep));
        if (lagging) {
            stirs.add(Environment.lagging(cluster.standby()));
        }
        return new Environment(
                fault.service(new InProcessService(nodes, fault::pushes), clockwork), clockwork, stirs, parts);
    }
}
