package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.StoreUrl;
import dev.parley.store.sql.RowDamaged;
import dev.parley.store.sql.Schema;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The meaning of an error of PostgreSQL. Decided by the SQLSTATE (PostgreSQL, appendix A), never by the text. */
public final class PostgresFailure {
    private static final Logger LOG = Logger.getLogger(PostgresFailure.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** The prefix of a message that contains an exception's type. */
    private static final Pattern EXCEPTION = Pattern.compile("(?:\\w+\\.)+\\w+Exception: ");

    static final String IN_RECOVERY = "55000";
    static final String READ_ONLY = "25006";

    /** A server accepts writes and must get none: its timeline is not the newest of its cluster, or another server has the same. */
    public static final class FormerPrimary extends SQLException {
        private static final long serialVersionUID = 1;

        FormerPrimary(String message) {
            super(message, "08P90"); // PostgreSQL has no such state
        }
    }

    private PostgresFailure() {}

    /** Whether the server rolled the transaction back for others, so that a retry can succeed. */
    static boolean isConflict(SQLException e) {
        return hasState(e, "40001", "40P01");
    }

    /** Whether the connection is useless: broken, ended by the server, or to a server that is no longer the primary. */
    static boolean isOfConnection(SQLException e) {
        return hasState(e, "08", "57P", READ_ONLY, IN_RECOVERY);
    }

    /** The exception for the caller: a refusal, or a fault of ours. */
    static RuntimeException refusal(SQLException e) {
        if (e instanceof RowDamaged) {
            LOG.error(e.getMessage());
        }
        if (hasState(e, "21", "22", "23", "42")) { // cardinality, data, constraint, syntax of our own statements
            return new IllegalStateException(e);
        }
        if (hasState(e, "53100")) {
            LOG.errorf("The disk of the primary is full: %s", e.getMessage());
            return new StoreFull();
        }
        if (isConflict(e) || hasState(e, "57014", "55P03")) {
            return new StoreUnavailable("The store is busy; try again.", SOON);
        }
        if (hasState(e, "53300")) {
            return new StoreUnavailable("PostgreSQL accepts no more connections; try again.", SOON);
        }
        LOG.debugf(e, "PostgreSQL failed with SQLSTATE %s", e.getSQLState());
        return new StoreUnavailable("The primary cannot be used at the moment; try again.", SOON);
    }

    /** A store that the migrations cannot use. */
    public static InvalidConfiguration refused(StoreUrl.Postgres url, Schema.Unusable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            // No connection, no admission, no such database, no free connection, shutdown or start-up.
            if (cause instanceof SQLException failure && hasState(failure, "08", "28", "3D", "53300", "57P")) {
                return unreachable(url, failure);
            }
        }
        return refused(url, e.why());
    }

    /** A primary that cannot be used: temporarily, unless the server was reached and rejects the connection. */
    public static InvalidConfiguration unreachable(StoreUrl.Postgres url, SQLException e) {
        if (isOfPooler(e)) {
            return refused(url, line(e) + ". " + Connector.POOLER_ADVICE);
        }
        if (e instanceof FormerPrimary) {
            return InvalidConfiguration.temporarily(line(url, line(e)));
        }
        // 08004: such as a server without TLS if the URL requires it
        return hasState(e, "28", "3D", "08004") || isCausedBy(e, CertificateException.class)
                ? refused(url, "the primary rejects the connection: " + line(e))
                : InvalidConfiguration.temporarily(line(url, "the primary cannot be reached: " + line(e)));
    }

    public static InvalidConfiguration refused(StoreUrl.Postgres url, String why) {
        return new InvalidConfiguration(line(url, why));
    }

    private static String line(StoreUrl.Postgres url, String why) {
        return StoreUrl.KEY + ": " + url + " cannot be used: " + why + ".";
    }

    /** Whether a connection pooler is not set up as Parley needs it. */
    public static boolean isOfPooler(SQLException e) {
        return hasState(e, Connector.POOLER);
    }

    static boolean isCausedBy(Throwable e, Class<? extends Exception> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** The first line of the message, without the types of exceptions in it. */
    public static String line(SQLException e) {
        if (e.getCause() instanceof UnknownHostException unknown) {
            return "the host " + unknown.getMessage() + " is unknown";
        }
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String why = EXCEPTION.matcher(line).replaceAll("").replaceAll("\\.$", "");
        return e.getCause() instanceof SocketTimeoutException timeout ? why + ": " + timeout.getMessage() : why;
    }

    /** @param prefixes of SQLSTATEs */
    private static boolean hasState(SQLException e, String... prefixes) {
        String state = e.getSQLState();
        return state != null && Stream.of(prefixes).anyMatch(state::startsWith);
    }
}
