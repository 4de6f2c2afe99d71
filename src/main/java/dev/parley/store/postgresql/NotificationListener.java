package dev.parley.store.postgresql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Hears what is told on the channel, on one thread and one connection, which is made again whenever it breaks. It is to the
 * primary, because a standby refuses LISTEN.
 */
final class NotificationListener implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NotificationListener.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** A connection on which nothing was heard for so long is asked whether it still stands, and stands to the primary. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(1);

    private static final String LISTEN =
            "SET application_name = 'parley-listens'; LISTEN " + PostgresNotifications.CHANNEL;
    private static final String IS_STANDBY = "SELECT pg_is_in_recovery()";

    private final Connector connector;
    private final PrimaryLocator locator;
    private final Consumer<String> payloads;
    private final Runnable missed;
    private final Thread thread = new Thread(this::run, "parley-listen");
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable Connection connection;
    private boolean lost;

    /**
     * @param payloads is given what is heard, in order
     * @param missed is run whenever listening has begun: before, anything may have been told
     */
    NotificationListener(Connector connector, PrimaryLocator locator, Consumer<String> payloads, Runnable missed) {
        this.connector = connector;
        this.locator = locator;
        this.payloads = payloads;
        this.missed = missed;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            do {
                listen();
            } while (!closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            LOG.debug("Nothing more is heard of the other nodes");
        }
    }

    private void listen() {
        PrimaryLocator.Current server = locator.current();
        try (Connection own = connector.connect()) {
            connection = own;
            hear(own, server);
        } catch (SQLException e) {
            if (!lost && !isClosing()) {
                LOG.warnf("What other nodes commit is not heard at the moment: %s", e.getMessage());
            }
            lost = true;
        } catch (RuntimeException e) {
            LOG.error("Hearing what other nodes commit met a fault", e);
        } finally {
            connection = null;
        }
    }

    private void hear(Connection own, PrimaryLocator.Current server) throws SQLException {
        var channel = own.unwrap(PGConnection.class);
        try (Statement statement = own.createStatement()) {
            statement.execute(LISTEN);
            if (lost) {
                LOG.info("What other nodes commit is heard again");
                lost = false;
            }
            missed.run();
            while (!isClosing()) {
                if (!locator.isCurrent(server)) {
                    throw new SQLException("Another server is the primary now", PostgresFailure.OLD_PRIMARY);
                }
                refuseStandby(statement);
                passOn(channel.getNotifications()); // the driver put aside what came with the answer
                PGNotification[] heard = channel.getNotifications(Math.toIntExact(SILENCE_MAX.toMillis()));
                while (heard.length > 0) {
                    passOn(heard);
                    heard = channel.getNotifications(Math.toIntExact(SILENCE_MAX.toMillis()));
                }
            }
        }
    }

    private static void refuseStandby(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(IS_STANDBY)) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException("The server is a standby", PostgresFailure.READ_ONLY);
            }
        }
    }

    private void passOn(PGNotification[] heard) {
        for (PGNotification notification : heard) {
            payloads.accept(notification.getParameter());
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    @Override
    public void close() {
        closing.countDown();
        PostgresNotifications.abort(connection);
    }
}
