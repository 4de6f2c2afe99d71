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
import java.util.List;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** What an error of PostgreSQL means. Decided by the SQLSTATE (PostgreSQL, appendix A), never by the text. */
public final class PostgresFailure {
    private static final Logger LOG = Logger.getLogger(PostgresFailure.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Failures before a statement runs: no connection, no admission, no such database, no free connection, shutdown or start-up. */
    private static final List<String> CONNECTING = List.of("08", "28", "3D", "53300", "57P");

    /** Errors of our own statements: cardinality, data, constraint, syntax. */
    private static final List<String> FAULTS = List.of("21", "22", "23", "42");

    /** The prefix of a message that contains an exception's type. */
    private static final Pattern EXCEPTION = Pattern.compile("(?:\\w+\\.)+\\w+Exception: ");

    /** Such as a server without TLS if the URL requires it. */
    private static final String REJECTED = "08004";

    static final String IN_RECOVERY = "55000";
    static final String READ_ONLY = "25006";

    /** PostgreSQL has no such state. */
    private static final String OLD_PRIMARY = "08P90";

    /** A server accepts writes and must get none: its timeline is not the newest of its cluster, or another server has the same. */
    public static final class OldPrimary extends SQLException {
        private static final long serialVersionUID = 1;

        OldPrimary(String message) {
            super(message, OLD_PRIMARY);
        }
    }

    private PostgresFailure() {}

    /** Whether the server rolled the transaction back for others, so that a retry can succeed. */
    static boolean isConflict(SQLException e) {
        String state = state(e);
        return state.equals("40001") || state.equals("40P01");
    }

    /** Whether the connection is useless: broken, ended by the server, or to a server that is no longer the primary. */
    static boolean isOfConnection(SQLException e) {
        String state = state(e);
        return state.startsWith("08")
                || state.startsWith("57P")
                || state.equals(READ_ONLY)
                || state.equals(IN_RECOVERY);
    }

    /** What the caller receives: a refusal, or a fault of ours. */
    static RuntimeException refusal(SQLException e) {
        if (e instanceof RowDamaged) {
            LOG.error(e.getMessage());
        }
        String state = state(e);
        if (FAULTS.stream().anyMatch(state::startsWith)) {
            return new IllegalStateException(e);
        }
        if (state.equals("53100")) {
            LOG.errorf("The disk of the primary is full: %s", e.getMessage());
            return new StoreFull();
        }
        if (isConflict(e) || state.equals("57014") || state.equals("55P03")) {
            return new StoreUnavailable("The store is busy; try again.", SOON);
        }
        if (state.equals("53300")) {
            return new StoreUnavailable("PostgreSQL accepts no more connections; try again.", SOON);
        }
        LOG.debugf(e, "PostgreSQL failed with SQLSTATE %s", state);
        return new StoreUnavailable("The primary cannot be used at the moment; try again.", SOON);
    }

    /** A store that the migrations cannot use. */
    public static InvalidConfiguration refused(StoreUrl.Postgres url, Schema.Unusable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failure && CONNECTING.stream().anyMatch(state(failure)::startsWith)) {
                return unreachable(url, failure);
            }
        }
        return refused(url, e.why());
    }

    /** A primary that cannot be used: temporarily, unless the server was reached and rejects the connection. */
    public static InvalidConfiguration unreachable(StoreUrl.Postgres url, SQLException e) {
        if (isOfPooler(e)) {
            return refused(url, line(e) + ". " + Pooling.ADVICE);
        }
        if (e instanceof OldPrimary) {
            return InvalidConfiguration.temporarily(line(url, line(e)));
        }
        boolean rejected = state(e).startsWith("28")
                || state(e).startsWith("3D")
                || state(e).equals(REJECTED)
                || isCausedBy(e, CertificateException.class);
        return rejected
                ? refused(url, "the primary rejects the connection: " + line(e))
                : InvalidConfiguration.temporarily(line(url, "the primary cannot be reached: " + line(e)));
    }

    static boolean isCausedBy(Throwable e, Class<? extends Exception> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a connection pooler is not set up as Parley needs it. */
    public static boolean isOfPooler(SQLException e) {
        return state(e).equals(Pooling.STATE);
    }

    public static InvalidConfiguration refused(StoreUrl.Postgres url, String why) {
        return new InvalidConfiguration(line(url, why));
    }

    private static String line(StoreUrl.Postgres url, String why) {
        return StoreUrl.KEY + ": " + url + " cannot be used: " + why + ".";
    }

    /** The first line of the message, without the types of exceptions in it. */
    public static String line(SQLException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String why = EXCEPTION.matcher(line).replaceAll("").replaceAll("\\.$", "");
        if (e.getCause() instanceof UnknownHostException unknown) {
            return "the host " + unknown.getMessage() + " is unknown";
        }
        return e.getCause() instanceof SocketTimeoutException timeout ? why + ": " + timeout.getMessage() : why;
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
