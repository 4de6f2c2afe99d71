package dev.parley.store;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import jakarta.enterprise.inject.Alternative;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/** Records the SQL that Hibernate generates for the repository's queries. */
public abstract class SeenSql implements StatementInspector {
    // Hibernate and the test may have different instances.
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @Override
    public String inspect(String sql) {
        SEEN.add(sql);
        return sql;
    }

    public static void forget() {
        SEEN.clear();
    }

    public static List<String> seen() {
        return List.copyOf(SEEN);
    }

    /** An inspector belongs to one persistence unit. */
    @Alternative
    @PersistenceUnitExtension("sqlite")
    public static class OnSqlite extends SeenSql {}

    /** The same for the other. */
    @Alternative
    @PersistenceUnitExtension("postgresql")
    public static class OnPostgres extends SeenSql {}
}
