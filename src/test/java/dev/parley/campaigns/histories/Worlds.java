package dev.parley.campaigns.histories;

import dev.parley.contract.MovableClock;
import dev.parley.expiry.Sweeper;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.postgresql.Parley;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNotifications;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sqlite.StoreFile;
import dev.parley.waiting.Feeds;
import dev.parley.waiting.NodeNotifications;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The worlds in which peers call the use cases themselves. */
final class Worlds {
    private static final Duration STATEMENT_MAX = Duration.ofSeconds(5);
    private static final Duration ANY_LAG = Duration.ofHours(1);
    private static final Sql BEGIN = new Sql("begin", "BEGIN IMMEDIATE");
    private static final Sql COMMIT = new Sql("commit", "COMMIT");
    private static final int SWEEP_MAX = 500;

    private Worlds() {}

    /** One node over a new SQLite file; a command beside it sweeps. */
    static World sqlite(Path folder, Fault fault) throws SQLException {
        var clock = new MovableClock();
        var clockwork = new Clockwork(clock.instant(), clock::moveTo);
        var file = new StoreFile(folder.resolve("parley.db"));
        Database served = fault.database(file.openPatiently());
        var feed = Feeds.among(NodeNotifications.NONE, clock);
        var signaling = new Signaling(served, fault.told(feed), World.LIMITS, clock, new SecureRandom());
        var service = new InProcess(List.of(new InProcess.Node(served, signaling, feed)));
        Connection beside = file.connectBeside();
        var commands = new Statements(beside);
        World.Stir sweep = () -> {
            commands.call(BEGIN).run();
            new SessionStore().sweep(commands, clock.instant(), SWEEP_MAX);
            commands.call(COMMIT).run();
        };
        return new World(
                fault.service(service, clockwork),
                clockwork,
                List.of(World.ticking(clockwork, sweep)),
                List.of(commands, beside));
    }

    /** Two nodes over one PostgreSQL server and its replica, which falls behind again and again. */
    static World postgres(PostgresCluster cluster, boolean lagging, Fault fault) {
        var clock = new MovableClock();
        var clockwork = new Clockwork(clock.instant(), clock::moveTo);
        var nodes = new ArrayList<InProcess.Node>();
        var parts = new ArrayList<AutoCloseable>();
        for (int i = 0; i < 2; i++) {
            Parley parley = Parley.over(cluster, ANY_LAG);
            var neighbours = new PostgresNotifications(Parley.locator(cluster), STATEMENT_MAX, new SecureRandom());
            parts.add(neighbours);
            Database served = fault.database(parley.database());
            var feed = Feeds.among(neighbours, clock);
            nodes.add(new InProcess.Node(
                    served, new Signaling(served, fault.told(feed), World.LIMITS, clock, new SecureRandom()), feed));
        }
        var stirs = new ArrayList<World.Stir>();
        stirs.add(World.ticking(clockwork, new Sweeper(nodes.get(0).database(), clock, SWEEP_MAX)::sweep));
        if (lagging) {
            stirs.add(World.lagging(cluster.standby()));
        }
        return new World(fault.service(new InProcess(nodes), clockwork), clockwork, stirs, parts);
    }
}
