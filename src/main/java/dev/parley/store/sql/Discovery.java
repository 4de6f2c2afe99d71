package dev.parley.store.sql;

import dev.parley.store.Database.Work;
import dev.parley.store.SlowLog;
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
import java.util.function.Function;
import org.hibernate.engine.jdbc.connections.internal.UserSuppliedConnectionProviderImpl;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.jspecify.annotations.Nullable;

/** Runs queries of a {@link SessionRepository} as work on the connection that the engine chooses. */
public final class Discovery {
    private final SessionRepository<?> repository;
    private final WorkConnection connection;

    public Discovery(SessionRepository<?> repository, WorkConnection connection) {
        this.repository = repository;
        this.connection = connection;
    }

    /** @param query one query; it runs in autocommit mode, so that it sees one snapshot */
    public <T> Work<T> work(Function<SessionRepository<?>, T> query) {
        return node -> {
            SlowLog slow = node.slow();
            long began = slow.began();
            try {
                return connection.use(node.connection(), () -> query.apply(repository));
            } finally {
                slow.ended("discovery", began);
            }
        };
    }

    /**
     * Gives the repositories the connection of the work that calls them.
     *
     * <p>Panache takes no connection from its caller, and an engine chooses the node of each read. But Hibernate asks for the connection
     * of a tenant: so there is one tenant, and its connection is the one that this thread works with.
     */
    @Singleton
    @PersistenceUnitExtension("sqlite")
    @PersistenceUnitExtension("postgresql")
    public static class WorkConnection implements TenantResolver, TenantConnectionResolver {
        private static final String TENANT = "work";

        private final ThreadLocal<@Nullable Connection> current = new ThreadLocal<>();

        <T> T use(Connection connection, Callable<T> query) throws SQLException {
            ManagedContext requests = Arc.container().requestContext();
            boolean entered = !requests.isActive(); // outside of a request, Quarkus resolves no tenant
            if (entered) {
                requests.activate();
            }
            current.set(connection);
            try {
                return QuarkusTransaction.requiringNew().call(query);
            } catch (RuntimeException e) {
                throw engineFailure(e);
            } finally {
                current.remove();
                if (entered) {
                    requests.terminate();
                }
            }
        }

        /** The engine's failure, which Hibernate wraps. */
        private static SQLException engineFailure(RuntimeException e) {
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
            return new Provider();
        }

        private final class Provider extends UserSuppliedConnectionProviderImpl {
            private static final long serialVersionUID = 1;

            @Override
            public Connection getConnection() {
                Connection connection = current.get();
                if (connection == null) {
                    throw new IllegalStateException("The repository is used outside of Discovery.work");
                }
                return connection;
            }

            @Override
            public void closeConnection(Connection connection) {
                // the engine reuses it
            }
        }
    }
}
