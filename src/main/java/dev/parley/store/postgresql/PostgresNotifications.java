package dev.parley.store.postgresql;

import dev.parley.session.KeyMark;
import dev.parley.session.SessionKey;
import dev.parley.session.TopicKey;
import dev.parley.store.Statements;
import dev.parley.store.postgresql.Connector.ServerInfo;
import dev.parley.waiting.NodeNotifications;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Notifies other nodes of commits by NOTIFY and receives theirs by LISTEN, each on a thread and a connection of its own to the
 * primary. A connection that breaks is opened again, and so is one to a server that is no longer the primary.
 *
 * <p>The payload is the name of the node that sends it and the marks of sessions and topics in which it committed something, separated by spaces.
 *
 * <p>A notification is sent after the commit, not in its transaction, where it could not be lost: a transaction with a NOTIFY takes
 * a lock of the whole server before it commits and keeps it until the commit is on disk, and on a synchronous standby. Writes would
 * be flushed one by one instead of in groups. A lost notification costs a waiting client the time to its next check.
 */
public final class PostgresNotifications implements NodeNotifications {
    private static final Logger LOG = Logger.getLogger(PostgresNotifications.class);
    private static final String CHANNEL = "parley";
    private static final int NAME_BYTES = 8;
    private static final int UNSENT_MAX = 8_192;
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

    /** PostgreSQL accepts payloads of less than 8,000 bytes. */
    private static final int PAYLOAD_MAX = 7_900;

    /** How long nothing may be received before the connection and its server are checked. */
    private static final int CHECK_MILLIS = 1_000;

    private static final int ANSWER_SECONDS_MAX = 2;

    // The commit is on disk already; its notification need not be.
    private static final String PREPARE_SENDING = "SET synchronous_commit = off";
    private static final String NOTIFY =
            "SELECT pg_notify('" + CHANNEL + "', payload) FROM unnest(?) AS unsent (payload)";
    private static final String LISTEN = "SET application_name = 'parley-listens'; LISTEN " + CHANNEL;

    /** Uses a connection until it breaks, or until {@code isCurrent} is false. */
    private interface Use {
        void of(Connection connection, BooleanSupplier isCurrent) throws SQLException, InterruptedException;
    }

    private final String name;
    private final PrimaryLocator locator;
    private final LinkedBlockingQueue<KeyMark> unsent = new LinkedBlockingQueue<>(UNSENT_MAX);
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Only the sender has these: they are sent again if a connection breaks. */
    private List<String> payloads = List.of();

    /** Only the listener uses this. */
    private boolean lost;

    private volatile boolean closing;

    /** Starts to send. */
    public PostgresNotifications(PrimaryLocator locator, SecureRandom random) {
        var bits = new byte[NAME_BYTES];
        random.nextBytes(bits);
        this.name = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        this.locator = locator;
        start("parley-notify", this::send, e -> LOG.debugf("Notifications were not sent: %s", e.getMessage()));
    }

    @Override
    public void committed(SessionKey session) {
        send(session.mark());
    }

    @Override
    public void committed(TopicKey topic) {
        send(topic.mark());
    }

    private void send(KeyMark changed) {
        if (!unsent.offer(changed)) {
            LOG.debug("A notification is lost: too many are waiting to be sent");
        }
    }

    @Override
    public void listen(Listener recipient) {
        start("parley-listen", (connection, isCurrent) -> receive(connection, isCurrent, recipient), e -> {
            if (!lost) {
                LOG.warnf("Commits of other nodes are not received at the moment: %s", e.getMessage());
            }
            lost = true;
        });
    }

    private void start(String threadName, Use use, Consumer<SQLException> report) {
        var thread = new Thread(() -> keepConnected(use, report), threadName);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void keepConnected(Use use, Consumer<SQLException> report) {
        while (!closing) {
            PrimaryLocator.Current current = locator.current();
            try (Connection connection = locator.connector().connect()) {
                ServerInfo server = ServerInfo.of(
                        new Statements(connection), locator.settings().statementTimeout());
                if (server.inRecovery() || locator.isFormer(server)) {
                    throw new SQLException("The server is not the primary");
                }
                use.of(connection, () -> current.equals(locator.current()) && !locator.isFormer(server));
            } catch (InterruptedException e) {
                return; // by close() only
            } catch (SQLException e) {
                report.accept(e);
            } catch (RuntimeException e) {
                LOG.error("The exchange of notifications failed unexpectedly", e);
            }
            LockSupport.parkNanos(RETRY_PAUSE.toNanos());
        }
    }

    /** Notifications that arrive while others are sent go together, so a node has at most one NOTIFY at a time. */
    private void send(Connection connection, BooleanSupplier isCurrent) throws SQLException, InterruptedException {
        try (Statement prepare = connection.createStatement();
                PreparedStatement notify = connection.prepareStatement(NOTIFY)) {
            prepare.execute(PREPARE_SENDING);
            while (true) {
                if (payloads.isEmpty()) {
                    payloads = nextPayloads();
                }
                if (!isCurrent.getAsBoolean()) {
                    return;
                }
                notify.setArray(1, connection.createArrayOf("text", payloads.toArray()));
                notify.execute();
                payloads = List.of();
            }
        }
    }

    private List<String> nextPayloads() throws InterruptedException {
        Set<KeyMark> batch = new LinkedHashSet<>();
        batch.add(unsent.take());
        unsent.drainTo(batch);
        var filled = new ArrayList<String>();
        var payload = new StringBuilder(name);
        for (KeyMark changed : batch) {
            if (payload.length() + 1 + changed.text().length() > PAYLOAD_MAX) {
                filled.add(payload.toString());
                payload = new StringBuilder(name);
            }
            payload.append(' ').append(changed.text());
        }
        filled.add(payload.toString());
        return filled;
    }

    private void receive(Connection connection, BooleanSupplier isCurrent, Listener recipient) throws SQLException {
        var channel = connection.unwrap(PGConnection.class);
        try (Statement statement = connection.createStatement()) {
            statement.execute(LISTEN);
        }
        if (lost) {
            LOG.info("Commits of other nodes are received again");
            lost = false;
        }
        recipient.missed();
        while (!closing && isCurrent.getAsBoolean()) {
            if (!connection.isValid(ANSWER_SECONDS_MAX)) {
                throw new SQLException("The server does not answer");
            }
            PGNotification[] received = channel.getNotifications(); // those that arrived with the check
            do {
                for (PGNotification notification : received) {
                    receive(notification.getParameter(), recipient);
                }
                received = channel.getNotifications(CHECK_MILLIS);
            } while (received.length > 0);
        }
    }

    private void receive(String payload, Listener recipient) {
        String[] words = payload.split(" ", -1);
        for (int i = 1; i < words.length && !words[0].equals(name); i++) {
            recipient.committed(new KeyMark(words[i]));
        }
    }

    /** Ends both threads within a second; notifications that have not been sent are lost. */
    @Override
    public void close() {
        closing = true;
        threads.forEach(Thread::interrupt);
    }
}
