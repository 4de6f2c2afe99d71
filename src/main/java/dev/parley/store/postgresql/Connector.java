package dev.parley.store.postgresql;

import dev.parley.store.SlowLog;
import dev.parley.store.Statements;
import dev.parley.store.StoreUrl;
import dev.parley.store.crypto.PayloadEncryption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;
import org.postgresql.Driver;

/** Opens connections to one server, or to the first fitting one of several, that a URL names. */
public final class Connector {
    /**
     * For each step of connecting to one of several hosts, so that a hung one does not hold up the way to the next. There are
     * about eight, so no bound of the whole that a near server needs would let a distant one connect.
     */
    private static final int CONNECT_SECONDS_MAX = 2;

    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Supplier<StoreUrl.Postgres> url;
    private final Duration statementTimeout;
    private final SlowLog slow;
    private final PayloadEncryption secrecy;
    private final Properties properties;
    private volatile boolean isOneSession;

    /** One that tells nobody of its statements. */
    public Connector(StoreUrl.Postgres url, String servers, Duration statementTimeout) {
        this(() -> url, servers, statementTimeout);
    }

    Connector(Supplier<StoreUrl.Postgres> url, String servers, Duration statementTimeout) {
        this(url, servers, statementTimeout, SlowLog.OFF, PayloadEncryption.NONE);
    }

    /**
     * @param url is asked for each connection; its user and password do not change
     * @param servers which of several servers to take: {@code primary} or {@code any}
     * @param statementTimeout after it the server gives a statement up; a server that is silent for a second longer is given up
     * @param slow is told of every statement
     * @param secrecy how the store keeps what peers say
     */
    Connector(
            Supplier<StoreUrl.Postgres> url,
            String servers,
            Duration statementTimeout,
            SlowLog slow,
            PayloadEncryption secrecy) {
        this.url = url;
        this.slow = slow;
        this.secrecy = secrecy;
        this.statementTimeout = statementTimeout;
        this.properties = new Properties();
        StoreUrl.Postgres login = url.get();
        if (login.user() != null) {
            properties.setProperty("user", login.user());
        }
        if (login.password() != null) {
            properties.setProperty("password", login.password());
        }
        properties.setProperty("targetServerType", servers);
        properties.setProperty("hostRecheckSeconds", "0"); // after a failover yesterday's standby is today's primary
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        properties.setProperty("socketTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "parley");
        properties.setProperty("assumeMinServerVersion", "13");
    }

    /** What is made of a new connection once its server has told what it is. */
    interface Making {
        NodeConnection of(Connection connection, Statements statements, ServerInfo hello) throws SQLException;
    }

    NodeConnection open(Making making) throws SQLException {
        Connection connection = connect();
        try {
            if (!isOneSession) {
                Pooling.refuseTransactions(connection, this::connect);
                isOneSession = true;
            }
            var statements = new Statements(connection).amongWriters().sealing(secrecy);
            ServerInfo hello = ServerInfo.of(statements, statementTimeout);
            NodeConnection made = making.of(connection, statements.telling(slow.from(hello.roundTrip())), hello);
            Duration answerMax = statementTimeout.plus(GRACE);
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(answerMax.toMillis()));
            return made;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection as the driver makes it; an answer may take as long as connecting. */
    public Connection connect() throws SQLException {
        Connection connection = new Driver().connect(url.get().jdbc(), properties);
        if (connection == null) {
            throw new SQLException("The driver does not know " + url.get());
        }
        return connection;
    }
}
