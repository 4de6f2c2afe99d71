package dev.parley.store;

import dev.parley.store.Upkeep.Migrated;
import dev.parley.store.Upkeep.Migration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The schema of a store: which version it has, whether this Parley can use that, and how it is brought up to date. */
public final class Schema {
    private static final Logger LOG = Logger.getLogger(Schema.class);
    private static final String PENDING = "*:" + MigrationState.PENDING.name().toLowerCase(Locale.ROOT);

    private static final String SUBJECT = "schema";

    private final Flyway flyway;

    public Schema(Flyway flyway) {
        this.flyway = flyway;
    }

    /** The same migrations for another store. */
    public Schema of(DataSource store) {
        return new Schema(new FluentConfiguration()
                .configuration(flyway.getConfiguration())
                .dataSource(store)
                .load());
    }

    /** A schema that this Parley cannot use, and why. */
    public static final class Unusable extends Exception {
        private final String why;

        private Unusable(String why, @Nullable FlywayException cause) {
            super(why, cause);
            this.why = why;
        }

        public String why() {
            return why;
        }
    }

    /** Brings the store up to date; one that will not do is left as it is. */
    public Migrated migrate() throws Unusable {
        try {
            List<Migration> pending = pending(flyway.info());
            flyway.migrate();
            return new Migrated(pending, version(flyway.info()));
        } catch (FlywayException e) {
            throw strange(e);
        }
    }

    /** What {@link #migrate} would do; changes nothing. */
    public Migrated preview() throws Unusable {
        try {
            MigrationInfoService info = flyway.info();
            List<Migration> pending = pending(info);
            // Flyway takes what is to be applied for invalid, unless told otherwise.
            var lenient = new FluentConfiguration()
                    .configuration(flyway.getConfiguration())
                    .ignoreMigrationPatterns(PENDING)
                    .load();
            lenient.validate();
            return new Migrated(pending, version(info));
        } catch (FlywayException e) {
            throw strange(e);
        }
    }

    /** How the schema is, for a person. */
    public Finding finding() {
        try {
            Migrated preview = preview();
            return preview.applied().isEmpty()
                    ? Finding.ok(SUBJECT, "version " + preview.version())
                    : Finding.warning(
                            SUBJECT,
                            "version " + preview.version() + ", and "
                                    + preview.applied().size() + " migrations to be applied",
                            "The next start applies them, or \"parley migrate\" now.");
        } catch (Unusable e) {
            return Finding.fault(SUBJECT, e.why(), "Run the Parley that wrote it, or restore a backup.");
        }
    }

    private static List<Migration> pending(MigrationInfoService info) throws Unusable {
        for (MigrationInfo applied : info.applied()) {
            if (applied.getState() == MigrationState.FUTURE_SUCCESS) {
                throw new Unusable(
                        "its schema, version " + applied.getVersion()
                                + ", is newer than this Parley knows; run the version that wrote it",
                        null);
            }
        }
        return Arrays.stream(info.pending())
                .map(migration -> new Migration(String.valueOf(migration.getVersion()), migration.getDescription()))
                .toList();
    }

    private static String version(MigrationInfoService info) {
        MigrationInfo current = info.current();
        return current == null ? "none" : String.valueOf(current.getVersion());
    }

    private static Unusable strange(FlywayException e) {
        LOG.debug("Flyway refused", e);
        return new Unusable("its schema is not one that Parley made, or was changed by hand", e);
    }
}
