package dev.parley.store.postgresql;

import io.quarkus.arc.Arc;
import io.quarkus.arc.ManagedContext;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.hibernate.orm.runtime.tenant.TenantConnectionResolver;
import io.quarkus.hibernate.orm.runtime.tenant.TenantResolver;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.jspecify.annotations.Nullable;

/**
 * Lets the repository run on the connection that a read was given.
 *
 * <p>Panache takes no connection from its caller, and the choice of a node is made for each read; but Hibernate asks for the
 * connection of a tenant. So there is one tenant, and its connection is the one that this thread works with. That keeps
 * Panache as it is, and the choice of the node, the snapshot and the retry in the one place where all reads have them.
 */
@Singleton
@PersistenceUnitExtension("postgresql")
public class ChosenNode implements TenantResolver, TenantConnectionResolver {
    private static final String TENANT = "chosen";

    private final ThreadLocal<@Nullable Connection> chosen = new ThreadLocal<>();

    /** Runs {@code query} in a snapshot on {@code connection}. */
    <T> T on(NodeConnection connection, Callable<T> query) throws SQLException {
        connection.beginSnapshot();
        ManagedContext requests = Arc.container().requestContext();
        boolean entered = !requests.isActive();
        if (entered) {
            requests.activate();
        }
        chosen.set(connection.jdbc());
        try {
            return QuarkusTransaction.requiringNew().call(query);
        } catch (RuntimeException e) {
            throw engineFailure(e);
        } finally {
            chosen.remove();
            if (entered) {
                requests.terminate();
            }
            connection.endSnapshot();
        }
    }

    /** What the engine said, out of the wrapping that Hibernate gives it. */
    private static SQLException engineFailure(RuntimeException e) throws SQLException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException failure) {
                return failure;
            }
        }
        throw e;
    }

    @Override
    public String getDefaultTenantId() {
        return TENANT;
    }

    @Override
    public String resolveTenantId() {
        return TENANT;
    }

    @Override
    public ConnectionProvider resolve(String tenant) {
        return new ThisThreads();
    }

    private final class ThisThreads implements ConnectionProvider {
        private static final long serialVersionUID = 1;

        @Override
        public Connection getConnection() {
            Connection connection = chosen.get();
            if (connection == null) {
                throw new IllegalStateException("The repository is used outside of Database.browse");
            }
            return connection;
        }

        @Override
        public void closeConnection(Connection connection) {
            // it belongs to the node
        }

        @Override
        public boolean supportsAggressiveRelease() {
            return false;
        }

        @Override
        public boolean isUnwrappableAs(Class<?> type) {
            return false;
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            throw new IllegalArgumentException("Nothing to unwrap as " + type.getName());
        }
    }
}
