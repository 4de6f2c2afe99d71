package dev.parley.store.postgresql;

import dev.parley.store.SlowLog;
import dev.parley.store.Statements;
import dev.parley.store.StoreUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;
import org.postgresql.Driver;

/** Opens connections to the server that a URL names, or to the primary of several. */
public final class Connector {
    /**
     * For each step of connecting, so that a host that hangs does not delay the next one. There are about eight steps, so a bound
     * of the whole that suits a near server would keep a distant one from connecting.
     */
    private static final int CONNECT_SECONDS_MAX = 2;

    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Supplier<StoreUrl.Postgres> url;
    private final Duration statementTimeout;
    private final SlowLog slow;
    private volatile boolean isSessionPooled;

    /** A connector whose statements are not checked for being slow. */
    public Connector(StoreUrl.Postgres url, Duration statementTimeout) {
        this(() -> url, statementTimeout, SlowLog.OFF);
    }

    /**
     * @param url read for each connection
     * @param statementTimeout after which the server cancels a statement; a second later the connection counts as broken
     * @param slow receives the duration of every statement
     */
    Connector(Supplier<StoreUrl.Postgres> url, Duration statementTimeout, SlowLog slow) {
        this.url = url;
        this.statementTimeout = statementTimeout;
        this.slow = slow;
    }

    /** Makes the connection of a node out of a new one, whose server has introduced itself. */
    interface Setup {
        NodeConnection connection(Connection connection, Statements statements, ServerInfo server) throws SQLException;
    }

    NodeConnection open(Setup setup) throws SQLException {
        Connection connection = connect();
        try {
            if (!isSessionPooled) {
                Pooling.refuseTransactions(connection, this::connect);
                isSessionPooled = true;
            }
            var statements = new Statements(connection).withRowLocks();
            ServerInfo server = ServerInfo.of(statements, statementTimeout);
            NodeConnection made =
                    setup.connection(connection, statements.loggedTo(slow.from(server.roundTrip())), server);
            made.answerWithin(statementTimeout.plus(GRACE));
            return made;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection as the driver makes it; each answer may take as long as a step of connecting. */
    public Connection connect() throws SQLException {
        StoreUrl.Postgres server = url.get();
        var properties = new Properties();
        if (server.user() != null) {
            properties.setProperty("user", server.user());
        }
        if (server.password() != null) {
            properties.setProperty("password", server.password());
        }
        properties.setProperty("targetServerType", server.hosts().size() > 1 ? "primary" : "any");
        properties.setProperty("hostRecheckSeconds", "0"); // roles change at a failover
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        properties.setProperty("socketTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "parley");
        properties.setProperty("assumeMinServerVersion", "13");
        Connection connection = new Driver().connect(server.jdbc(), properties);
        if (connection == null) {
            throw new SQLException("The driver does not accept " + server);
        }
        return connection;
    }
}
