package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException;
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
import java.util.Optional;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** What an error of PostgreSQL means for a caller. Decided by the SQLSTATE (PostgreSQL, appendix A), never by the text. */
public final class PostgresFailure {
    private static final Logger LOG = Logger.getLogger(PostgresFailure.class);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Kinds of failures before a statement runs: no connection, no admission, no such database, no room, shutdown or start-up. */
    private static final List<String> CONNECTING = List.of("08", "28", "3D", "53300", "57P");

    /** How one is named before its message. */
    private static final Pattern EXCEPTION = Pattern.compile("(?:\\w+\\.)+\\w+Exception: ");

    /** Such as a server without TLS where the URL wants it. */
    private static final String REJECTED = "08004";

    static final String IN_RECOVERY = "55000";
    static final String READ_ONLY = "25006";

    /** A class of our own: PostgreSQL has no such state. */
    static final String OLD_PRIMARY = "08P90";

    private PostgresFailure() {}

    /** Whether the server rolled the transaction back so that others could go on; run again it can succeed. */
    static boolean isConflict(SQLException e) {
        String state = state(e);
        return state.equals("40001") || state.equals("40P01");
    }

    /** Whether the connection is of no further use: broken, ended by the server, or to a node that is no primary any more. */
    static boolean isOfConnection(SQLException e) {
        String state = state(e);
        return state.startsWith("08")
                || state.startsWith("57P")
                || state.equals(READ_ONLY)
                || state.equals(IN_RECOVERY);
    }

    /** The failure that the caller is told. */
    static SignalingException told(SQLException e) {
        if (e instanceof RowDamaged) {
            LOG.error(e.getMessage());
        }
        String state = state(e);
        if (state.equals("53100")) {
            LOG.errorf("The disk of the primary is full: %s", e.getMessage());
            return new StoreFull();
        }
        if (isConflict(e) || state.equals("57014") || state.equals("55P03")) {
            return new StoreUnavailable("The store is busy; try again.", SOON);
        }
        if (state.equals("53300")) {
            return new StoreUnavailable("PostgreSQL takes no more connections; try again.", SOON);
        }
        LOG.debugf(e, "PostgreSQL failed with SQLSTATE %s", state);
        return new StoreUnavailable("The primary cannot be used at the moment; try again.", SOON);
    }

    /** Whether it is neither the caller's nor the operator's matter, but a fault of a statement of ours. */
    static boolean isFault(SQLException e) {
        String kind = state(e).length() < 2 ? "" : state(e).substring(0, 2);
        return kind.equals("42") || kind.equals("22") || kind.equals("23") || kind.equals("21");
    }

    /** A store that cannot be used for what the migrations met there. */
    public static InvalidConfiguration refused(StoreUrl.Postgres url, Schema.Unusable e) {
        return ofConnecting(e).map(failure -> unreachable(url, failure)).orElseGet(() -> refused(url, e.why()));
    }

    /** A primary that cannot be used; by itself that changes, unless the server was reached and refuses who connects. */
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
                || isOfCertificate(e);
        return rejected
                ? refused(url, "the primary rejects the connection: " + line(e))
                : InvalidConfiguration.temporarily(line(url, "the primary cannot be reached: " + line(e)));
    }

    private static boolean isOfCertificate(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    /** Whether a pooler in between is not set as Parley needs it. */
    public static boolean isOfPooler(SQLException e) {
        return state(e).equals(Pooling.STATE);
    }

    public static InvalidConfiguration refused(StoreUrl.Postgres url, String why) {
        return new InvalidConfiguration(line(url, why));
    }

    private static String line(StoreUrl.Postgres url, String why) {
        return StoreUrl.KEY + ": " + url + " cannot be used: " + why + ".";
    }

    private static Optional<SQLException> ofConnecting(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failure && CONNECTING.stream().anyMatch(state(failure)::startsWith)) {
                return Optional.of(failure);
            }
        }
        return Optional.empty();
    }

    /** What the server or the driver says, without the lines in which it says more, and the types of exceptions within. */
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
