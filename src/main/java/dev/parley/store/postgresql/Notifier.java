package dev.parley.store.postgresql;

import dev.parley.session.SessionMark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends the notices of a node, on one thread and one connection. Those that came while others were being sent go together, so
 * however many commits there are, the server has at most one NOTIFY of this node at a time.
 */
final class Notifier implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Notifier.class);
    private static final int UNTOLD_MAX = 8_192;
    private static final int ATTEMPTS = 2;
    private static final Duration PAUSE = Duration.ofMillis(200);

    // A notice is of something that is on disk already, and need not be there itself.
    private static final String READY = "SET synchronous_commit = off";
    private static final String NOTIFY =
            "SELECT pg_notify('" + PostgresNotifications.CHANNEL + "', payload) FROM unnest(?) AS told (payload)";

    private final String name;
    private final Connector connector;
    private final PrimaryLocator locator;
    private final LinkedBlockingQueue<SessionMark> untold = new LinkedBlockingQueue<>(UNTOLD_MAX);
    private final Thread thread = new Thread(this::run, "parley-tell");
    private volatile @Nullable Connection connection;
    private PrimaryLocator.Current server;
    private volatile boolean closing;

    /** @param name by which other nodes tell this one's notices from their own */
    Notifier(String name, Connector connector, PrimaryLocator locator) {
        this.name = name;
        this.connector = connector;
        this.locator = locator;
        this.server = locator.current();
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes a notice; where too many wait it is lost, which is better than holding up who has committed. */
    void tell(SessionMark session) {
        if (!untold.offer(session)) {
            LOG.debug("A notice is lost: too many wait to be sent");
        }
    }

    private void run() {
        try {
            while (!closing) {
                Set<SessionMark> batch = new LinkedHashSet<>();
                batch.add(untold.take());
                untold.drainTo(batch);
                send(Notification.payloads(name, batch));
            }
        } catch (InterruptedException e) {
            LOG.debug("No more notices are sent");
        } finally {
            drop();
        }
    }

    /** Tries again on a new connection; what is not sent then is lost, as it would be if it were too late. */
    private void send(List<String> payloads) throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS && !closing; attempt++) {
            try {
                tellOn(connected(), payloads);
                return;
            } catch (SQLException e) {
                LOG.debugf("Notices were not sent: %s", e.getMessage());
                drop();
            }
        }
        Thread.sleep(PAUSE.toMillis()); // the notices of the meantime are one attempt
    }

    private static void tellOn(Connection connection, List<String> payloads) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
            statement.setArray(1, connection.createArrayOf("text", payloads.toArray()));
            statement.execute();
        }
    }

    private Connection connected() throws SQLException {
        Connection known = connection;
        if (known != null && locator.isCurrent(server)) {
            return known;
        }
        drop();
        server = locator.current();
        Connection opened = connector.connect();
        connection = opened;
        try (PreparedStatement ready = opened.prepareStatement(READY)) {
            ready.execute();
        }
        return opened;
    }

    private void drop() {
        Connection dropped = connection;
        connection = null;
        PostgresNotifications.abort(dropped);
    }

    /** What was not sent is lost. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        PostgresNotifications.abort(connection);
    }
}
