package dev.parley.store.postgresql;

import dev.parley.session.SessionKey;
import dev.parley.waiting.NodeNotifications;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Nodes over one cluster tell one another by NOTIFY and hear by LISTEN, each on a connection of its own to the primary.
 *
 * <p>A notice is sent behind the commit, not in its transaction. There it could not be lost; but a transaction with a NOTIFY
 * takes a lock of the whole server when it begins to commit and holds it until the commit is on disk, and on a synchronous
 * standby. Writes would be flushed one by one instead of in groups. A notice that is lost costs a waiter the time to its next
 * look.
 */
public final class PostgresNotifications implements NodeNotifications {
    static final String CHANNEL = "parley";

    private static final Logger LOG = Logger.getLogger(PostgresNotifications.class);
    private static final int NAME_BYTES = 8;

    private final String name;
    private final PrimaryLocator locator;
    private final Connector connector;
    private final Notifier teller;
    private @Nullable NotificationListener listener;

    /** Begins to tell; connects when there is something to be told. */
    public PostgresNotifications(PrimaryLocator locator, Duration statementTimeout, SecureRandom random) {
        var bits = new byte[NAME_BYTES];
        random.nextBytes(bits);
        this.name = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        this.locator = locator;
        this.connector = new Connector(() -> locator.current().url(), "primary", statementTimeout);
        this.teller = new Notifier(name, connector, locator);
        teller.start();
    }

    @Override
    public synchronized void listen(Listener recipient) {
        if (listener != null) {
            throw new IllegalStateException("Somebody listens already");
        }
        listener = new NotificationListener(
                connector, locator, payload -> received(payload, recipient), recipient::missed);
        listener.start();
    }

    private void received(String payload, Listener recipient) {
        Notification notification = Notification.parse(payload);
        if (!notification.sender().equals(name)) {
            notification.sessions().forEach(recipient::committed);
        }
    }

    @Override
    public void committed(SessionKey key) {
        teller.tell(key.mark());
    }

    /** Closes the socket under the thread that works with it. */
    static void abort(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debugf("A connection did not break: %s", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        teller.close();
        if (listener != null) {
            listener.close();
        }
    }
}
