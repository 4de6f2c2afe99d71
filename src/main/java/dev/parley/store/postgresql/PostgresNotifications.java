package dev.parley.store.postgresql;

import dev.parley.session.SessionKey;
import dev.parley.session.SessionKey.SessionMark;
import dev.parley.store.SlowLog;
import dev.parley.waiting.NodeNotifications;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Notifies other nodes of commits by NOTIFY and receives theirs by LISTEN, each on a thread and a connection of its own to the
 * primary. A standby accepts neither. A connection that breaks is opened again.
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

    /** How long nothing may be received before the connection and its server are checked. */
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    // The commit is on disk already; its notification need not be.
    private static final String PREPARE_SENDING = "SET synchronous_commit = off";
    private static final String NOTIFY =
            "SELECT pg_notify('" + CHANNEL + "', payload) FROM unnest(?) AS unsent (payload)";
    private static final String LISTEN = "SET application_name = 'parley-listens'; LISTEN " + CHANNEL;
    private static final String IS_STANDBY = "SELECT pg_is_in_recovery()";

    private final String name;
    private final PrimaryLocator locator;
    private final Connector connector;
    private final LinkedBlockingQueue<SessionMark> unsent = new LinkedBlockingQueue<>(UNSENT_MAX);
    private final Thread sender = new Thread(this::send, "parley-notify");
    private @Nullable Thread listener;
    private volatile @Nullable Connection sending;
    private volatile @Nullable Connection listening;
    private volatile boolean closing;

    /** Starts to send; connects when there is something to send. */
    public PostgresNotifications(PrimaryLocator locator, Duration statementTimeout, SecureRandom random) {
        var bits = new byte[NAME_BYTES];
        random.nextBytes(bits);
        this.name = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        this.locator = locator;
        this.connector = new Connector(() -> locator.current().url(), statementTimeout, SlowLog.OFF);
        sender.setDaemon(true);
        sender.start();
    }

    @Override
    public void committed(SessionKey key) {
        if (!unsent.offer(key.mark())) {
            LOG.debug("A notification is lost: too many are waiting to be sent");
        }
    }

    /** Notifications that arrive while others are sent go together, so a node has at most one NOTIFY at a time. */
    private void send() {
        List<String> payloads = List.of();
        try {
            while (!closing) {
                payloads = payloads.isEmpty() ? nextPayloads() : payloads;
                PrimaryLocator.Current server = locator.current();
                try (Connection connection = connector.connect();
                        Statement prepare = connection.createStatement()) {
                    sending = connection;
                    prepare.execute(PREPARE_SENDING);
                    while (locator.isCurrent(server)) {
                        notify(connection, payloads);
                        payloads = List.of();
                        payloads = nextPayloads();
                    }
                } catch (SQLException e) {
                    LOG.debugf("Notifications were not sent: %s", e.getMessage());
                    Thread.sleep(RETRY_PAUSE.toMillis());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("No more notifications are sent");
        }
    }

    private List<String> nextPayloads() throws InterruptedException {
        Set<SessionMark> batch = new LinkedHashSet<>();
        batch.add(unsent.take());
        unsent.drainTo(batch);
        return Notification.payloads(name, batch);
    }

    private static void notify(Connection connection, List<String> payloads) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
            statement.setArray(1, connection.createArrayOf("text", payloads.toArray()));
            statement.execute();
        }
    }

    @Override
    public synchronized void listen(Listener recipient) {
        if (listener != null) {
            throw new IllegalStateException("There is a listener already");
        }
        listener = new Thread(() -> receive(recipient), "parley-listen");
        listener.setDaemon(true);
        listener.start();
    }

    private void receive(Listener recipient) {
        boolean lost = false;
        while (!closing) {
            PrimaryLocator.Current server = locator.current();
            try (Connection connection = connector.connect();
                    Statement statement = connection.createStatement()) {
                listening = connection;
                statement.execute(LISTEN);
                if (lost) {
                    LOG.info("Commits of other nodes are received again");
                    lost = false;
                }
                recipient.missed();
                receive(connection, server, statement, recipient);
            } catch (SQLException e) {
                if (!lost && !closing) {
                    LOG.warnf("Commits of other nodes are not received at the moment: %s", e.getMessage());
                }
                lost = true;
            } catch (RuntimeException e) {
                LOG.error("Receiving commits of other nodes failed unexpectedly", e);
            }
            try {
                Thread.sleep(RETRY_PAUSE.toMillis());
            } catch (InterruptedException e) {
                LOG.debug("No more notifications are received");
            }
        }
    }

    private void receive(Connection connection, PrimaryLocator.Current server, Statement statement, Listener recipient)
            throws SQLException {
        var channel = connection.unwrap(PGConnection.class);
        while (!closing) {
            if (!locator.isCurrent(server)) {
                throw new SQLException("Another server is the primary now");
            }
            try (ResultSet row = statement.executeQuery(IS_STANDBY)) {
                row.next();
                if (row.getBoolean(1)) {
                    throw new SQLException("The server is a standby");
                }
            }
            PGNotification[] received = channel.getNotifications(); // what arrived with the answer
            do {
                for (PGNotification notification : received) {
                    receive(notification.getParameter(), recipient);
                }
                received = channel.getNotifications(Math.toIntExact(CHECK_INTERVAL.toMillis()));
            } while (received.length > 0);
        }
    }

    private void receive(String payload, Listener recipient) {
        Notification notification = Notification.parse(payload);
        if (!notification.sender().equals(name)) {
            notification.sessions().forEach(recipient::committed);
        }
    }

    /** Ends both threads; what has not been sent is lost. */
    @Override
    public synchronized void close() {
        closing = true;
        sender.interrupt();
        NodeConnection.abort(sending);
        if (listener != null) {
            listener.interrupt();
            NodeConnection.abort(listening);
        }
    }
}
