package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.Database.Work;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.Schema;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/** The engine of many machines: writes on the primary, reads on any node that is new enough for them. */
public final class PostgresDatabase implements Database {
    private static final int HISTORY_ID_BYTES = 8;
    private static final int LAG_STEPS = 100;

    private static final Sql BEGIN_HISTORY =
            new Sql("begin-history", "INSERT INTO history (single, id) VALUES (1, ?) ON CONFLICT (single) DO NOTHING");
    private static final Sql HISTORY_ID = new Sql("history-id", "SELECT id FROM history");

    private final PostgresSettings settings;
    private final PrimaryLocator locator;
    private final PrimaryNode primary;
    private final PostgresHistory history;
    private final List<ReplicaNode> replicas;
    private final ReadRouter reads;

    /**
     * Connects to the primary and starts to probe the replicas, which need not be reachable yet.
     *
     * @throws InvalidConfiguration if the primary cannot be reached, or has no store of this or an older version
     */
    public PostgresDatabase(PostgresSettings settings, Flyway flyway, SecureRandom random, MeterRegistry registry) {
        this.settings = settings;
        this.locator = settings.locator();
        migrate(flyway);
        var meters = new PostgresMeters(registry);
        var lag = new LagTracker(settings.lagMax().dividedBy(LAG_STEPS));
        this.primary = new PrimaryNode(settings, lag, meters);
        this.history = begin(random);
        this.replicas = settings.replicas().stream()
                .map(replica -> new ReplicaNode(replica, settings, history, lag, meters))
                .toList();
        this.reads = new ReadRouter(primary, replicas, history, meters, settings);
    }

    private void migrate(Flyway flyway) {
        try {
            locator.locate();
            locator.schema(flyway).open(settings.serving());
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(locator.url(), e);
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(locator.url(), e);
        }
    }

    private PostgresHistory begin(SecureRandom random) {
        var fresh = new byte[HISTORY_ID_BYTES];
        random.nextBytes(fresh);
        try {
            NodeConnection first = primary.connections.take();
            Statements statements = first.statements();
            statements.call(BEGIN_HISTORY).bind(fresh).update();
            byte[] id = statements.call(HISTORY_ID).first(row -> row.getBytes(1));
            if (id == null) {
                throw PostgresFailure.refused(locator.url(), "its table history is empty");
            }
            locator.seen().save();
            var begun = new PostgresHistory(ByteBuffer.wrap(id).getLong(), first.timelines(), first.position());
            primary.start(begun, first);
            return begun;
        } catch (SQLException e) {
            throw PostgresFailure.isOfConnection(e)
                    ? PostgresFailure.unreachable(locator.url(), e)
                    : PostgresFailure.refused(locator.url(), "the primary cannot be used: " + PostgresFailure.line(e));
        }
    }

    @Override
    public <T> CompletionStage<Served<T>> write(Work<T> work) {
        return primary.write(work);
    }

    @Override
    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
        return reads.read(from, connection -> work.on(connection.queries()), false);
    }

    @Override
    public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
        return reads.read(from, connection -> work.on(connection.queries()), true);
    }

    /** The space of a cluster is the operator's to watch. */
    @Override
    public boolean takeRoom(long bytes) {
        return true;
    }

    @Override
    public ReplyPosition position(ReadFrom from) {
        Bookmark newest = history.newest();
        if (!(from instanceof ReadFrom.AtLeast atLeast)) {
            return new ReplyPosition(history.text(newest), primary.node(), false);
        }
        Bookmark asked = history.translated(atLeast.bookmark());
        boolean reset = !history.timelines().contains(asked);
        boolean isNewer = !reset && PostgresHistory.isLater(asked, newest);
        return new ReplyPosition(isNewer ? atLeast.bookmark().text() : history.text(newest), primary.node(), reset);
    }

    @Override
    public List<NodeState> nodes() {
        return Stream.concat(Stream.of(primary.state()), replicas.stream().map(ReplicaNode::state))
                .toList();
    }

    /** Accepts no more calls and closes every connection. */
    @Override
    public void close() {
        primary.close();
        replicas.forEach(ReplicaNode::close);
    }
}
