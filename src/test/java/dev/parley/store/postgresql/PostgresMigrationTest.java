package dev.parley.store.postgresql;

import dev.parley.store.Database;
import dev.parley.store.MigrationContract;
import dev.parley.store.StoreUrl;
import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;

class PostgresMigrationTest implements MigrationContract {
    private final PostgresCluster cluster = PostgresCluster.shared();

    @Override
    public Connection storeOfVersion(String version) throws SQLException {
        var place = (StoreUrl.Postgres) StoreUrl.parse(StoreUrl.KEY, cluster.url());
        Flyway latest = PostgresNode.migrations(place);
        Flyway.configure()
                .configuration(latest.getConfiguration())
                .target(version)
                .load()
                .migrate();
        return latest.getConfiguration().getDataSource().getConnection();
    }

    @Override
    public Database open() {
        return PostgresNode.over(cluster).database();
    }

    @Override
    public Database openAsCommand() {
        return PostgresNode.asCommand(cluster).database();
    }
}
