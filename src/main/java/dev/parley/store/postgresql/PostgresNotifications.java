package dev.parley.store.postgresql;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.store.Served;
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
    public synchronized void listen(Ear ear) {
        if (listener != null) {
            throw new IllegalStateException("Somebody listens already");
        }
        listener = new NotificationListener(connector, locator, payload -> heard(payload, ear), ear::missed);
        listener.start();
    }

    private void heard(String payload, Ear ear) {
        Notification.Heard heard;
        try {
            heard = Notification.parse(payload);
        } catch (IllegalArgumentException e) {
            LOG.debug("Something was told that is no notice");
            return;
        }
        if (heard.teller().equals(name)) {
            return;
        }
        for (Notification notice : heard.notices()) {
            Notification.Closing closing = notice.closing();
            if (closing == null) {
                ear.committed(notice.session());
            } else {
                ear.closed(
                        notice.session(),
                        new Served<>(
                                closing.last(),
                                closing.bookmark(),
                                locator.current().node(),
                                false));
            }
        }
    }

    @Override
    public void committed(SessionKey key) {
        teller.tell(new Notification(key.mark(), null));
    }

    @Override
    public void closed(SessionKey key, Served<Event.Closed> last) {
        teller.tell(new Notification(key.mark(), new Notification.Closing(last.result(), last.bookmark())));
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
