package dev.parley.store.postgresql;

import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import jakarta.enterprise.inject.Alternative;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/** Keeps the SQL that Hibernate makes of the repository's queries. */
@Alternative
@PersistenceUnitExtension("postgresql")
public class SeenSql implements StatementInspector {
    // Hibernate and the test may each be given an instance of their own.
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();

    @Override
    public String inspect(String sql) {
        SEEN.add(sql);
        return sql;
    }

    static void forget() {
        SEEN.clear();
    }

    static List<String> seen() {
        return List.copyOf(SEEN);
    }
}
