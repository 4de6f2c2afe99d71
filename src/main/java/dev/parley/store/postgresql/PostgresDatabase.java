package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.ReplyPosition;
import dev.parley.store.Served;
import dev.parley.store.SlowLog;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.StoreThreads;
import dev.parley.store.Work;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.sql.Schema;
import dev.parley.store.sql.SessionRepository;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/**
 * The engine of many machines: writes on the primary, reads on any node that is new enough for them. What blocks has threads of
 * each node's own, so a node that falls silent holds up nobody but who asked it.
 */
public final class PostgresDatabase implements Database {
    private static final int HISTORY_ID_BYTES = 8;
    private static final int LAG_STEPS = 100;
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    private static final Sql BEGIN_HISTORY =
            new Sql("begin-history", "INSERT INTO history (single, id) VALUES (1, ?) ON CONFLICT (single) DO NOTHING");
    private static final Sql HISTORY_ID = new Sql("history-id", "SELECT id FROM history");

    /**
     * @param locator finds the primary
     * @param serving whether this is a server, which migrates an older store, or a command beside one
     * @param region where this service stands; replicas there are preferred
     * @param threads how many calls work with a node at once, each with a connection
     * @param scanThreads the same for queries over many rows
     * @param queueMax how many calls may wait for each
     * @param bookmarkWait how long a read waits for a replica to reach its bookmark, and the primary to show it
     * @param silenceMax a node that owes an answer for longer is out of service
     * @param lagMax a replica that is further behind is out of service
     * @param slow is told of every statement
     */
    public record Settings(
            PrimaryLocator locator,
            boolean serving,
            List<ReplicaUrl> replicas,
            String region,
            int threads,
            int scanThreads,
            int queueMax,
            int scanQueueMax,
            Duration statementTimeout,
            Duration bookmarkWait,
            Duration probeInterval,
            Duration silenceMax,
            Duration lagMax,
            SlowLog slow) {}

    private final Settings settings;
    private final PayloadEncryption secrecy;
    private final SessionRepository<?> repository;
    private final ChosenNode chosenNode;
    private final PostgresMeters meters;
    private final LagTracker course;
    private final PrimaryNode primary;
    private final PostgresHistory history;
    private final List<ReplicaNode> all;
    private final Reads reads;
    private final Pulse pulse;

    /**
     * Connects to the primary and begins to look at the replicas, which need not be there yet.
     *
     * @param repository discovery in PostgreSQL's persistence unit
     * @param secrecy held against the keys that the store notes
     * @throws InvalidConfiguration if the primary cannot be reached or holds no store of this or an older version, or the keys are not
     *     its
     */
    public PostgresDatabase(
            Settings settings,
            Flyway flyway,
            SessionRepository<?> repository,
            ChosenNode chosenNode,
            PayloadEncryption secrecy,
            SecureRandom random,
            MeterRegistry registry) {
        this.settings = settings;
        locate();
        migrate(flyway);
        this.secrecy = secrecy;
        this.repository = repository;
        this.chosenNode = chosenNode;
        this.meters = new PostgresMeters(registry);
        this.course = new LagTracker(settings.lagMax().dividedBy(LAG_STEPS));
        PrimaryLocator locator = settings.locator();
        this.primary = new PrimaryNode(
                locator,
                new Connector(
                        () -> locator.current().url(), "any", settings.statementTimeout(), settings.slow(), secrecy),
                calls(locator.current().node()),
                scans(locator.current().node()),
                course,
                meters,
                settings.probeInterval(),
                settings.silenceMax());
        this.history = begin(random);
        this.all = settings.replicas().stream().map(this::replica).toList();
        this.reads =
                new Reads(primary, all, new Replicas(all, settings.region()), history, meters, settings.bookmarkWait());
        this.pulse = new Pulse(
                settings.silenceMax(),
                Stream.concat(Stream.of(primary.silence()), all.stream().map(ReplicaNode::silence))
                        .toList());
        meters.watch(primary);
        meters.watch(all);
    }

    private StoreThreads calls(Node node) {
        return meters.watched(
                node.name(), new StoreThreads(node.name(), settings.threads(), settings.queueMax(), CLOSE_MAX));
    }

    private StoreThreads scans(Node node) {
        String name = node.name() + "-scan";
        return meters.watched(name, new StoreThreads(name, settings.scanThreads(), settings.scanQueueMax(), CLOSE_MAX));
    }

    private void locate() {
        try {
            settings.locator().locate();
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(settings.locator().url(), e);
        }
    }

    private void migrate(Flyway flyway) {
        try {
            settings.locator().schema(flyway).open(settings.serving());
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(settings.locator().url(), e);
        }
    }

    private PostgresHistory begin(SecureRandom random) {
        var fresh = new byte[HISTORY_ID_BYTES];
        random.nextBytes(fresh);
        try {
            NodeConnection first = primary.meet();
            Statements statements = first.statements();
            statements.call(BEGIN_HISTORY).bind(fresh).update();
            byte[] id = statements.call(HISTORY_ID).first(row -> row.getBytes(1));
            if (id == null) {
                throw refused("its table history is empty");
            }
            admit(first);
            settings.locator().seen().save();
            var told = new PostgresHistory(ByteBuffer.wrap(id).getLong(), first.lineage(), first.position());
            primary.serve(told, first);
            return told;
        } catch (SQLException e) {
            throw PostgresFailure.isOfConnection(e)
                    ? PostgresFailure.unreachable(settings.locator().url(), e)
                    : refused("the primary cannot be used: " + PostgresFailure.line(e));
        }
    }

    private void admit(NodeConnection first) throws SQLException {
        first.begin();
        try {
            secrecy.admit(first.statements());
            first.commit();
        } catch (InvalidConfiguration e) {
            first.close();
            throw e;
        }
    }

    private InvalidConfiguration refused(String why) {
        return PostgresFailure.refused(settings.locator().url(), why);
    }

    private ReplicaNode replica(ReplicaUrl replica) {
        return new ReplicaNode(
                replica.node(),
                new Connector(replica::url, "any", settings.statementTimeout(), settings.slow(), secrecy),
                calls(replica.node()),
                scans(replica.node()),
                history,
                settings.locator().seen(),
                course,
                settings.probeInterval(),
                settings.silenceMax(),
                settings.lagMax());
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

    @Override
    public <T> CompletionStage<Served<T>> browse(ReadFrom from, Function<SessionRepository<?>, T> query) {
        return reads.read(from, connection -> browsed(connection, query), true);
    }

    private <T> T browsed(NodeConnection connection, Function<SessionRepository<?>, T> query) throws SQLException {
        SlowLog slow = connection.statements().slow();
        long began = slow.began();
        try {
            return chosenNode.on(connection, () -> query.apply(repository));
        } finally {
            slow.ended(SlowLog.BROWSE, began);
        }
    }

    /** PostgreSQL's space is its operator's concern. */
    @Override
    public boolean takeRoom(long bytes) {
        return true;
    }

    @Override
    public ReplyPosition standpoint(ReadFrom from) {
        Bookmark newest = history.newest();
        if (!(from instanceof ReadFrom.AtLeast atLeast)) {
            return new ReplyPosition(history.word(newest), primary.node(), false);
        }
        Bookmark asked = history.opened(atLeast.bookmark());
        boolean reset = !history.lineage().holds(asked);
        boolean asksForMore = !reset && PostgresHistory.isLater(asked, newest);
        return new ReplyPosition(asksForMore ? atLeast.bookmark().text() : history.word(newest), primary.node(), reset);
    }

    @Override
    public List<NodeState> nodes() {
        return Stream.concat(Stream.of(primary.state()), all.stream().map(ReplicaNode::state))
                .toList();
    }

    /** Takes no more calls and closes every connection. */
    @Override
    public void close() {
        primary.close();
        all.forEach(ReplicaNode::close);
        pulse.close();
    }
}
