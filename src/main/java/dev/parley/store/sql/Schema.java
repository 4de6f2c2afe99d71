package dev.parley.store.sql;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The schema of a store: its version, whether this Parley can use it, and its migration. */
public final class Schema {
    private static final Logger LOG = Logger.getLogger(Schema.class);
    private static final String PENDING = "*:" + MigrationState.PENDING.name().toLowerCase(Locale.ROOT);

    /** The version of a store that is still empty. */
    private static final String NONE = "none";

    private final Flyway flyway;

    public Schema(Flyway flyway) {
        this.flyway = flyway;
    }

    /** The same migrations for another store. */
    public Schema of(DataSource store) {
        return new Schema(copy().dataSource(store).load());
    }

    private FluentConfiguration copy() {
        return new FluentConfiguration().configuration(flyway.getConfiguration());
    }

    /** A change of the schema. */
    public record Migration(String version, String description) {}

    /**
     * The result of a migration.
     *
     * @param applied in order; empty if the schema was up to date
     * @param version of the schema afterwards
     */
    public record Migrated(List<Migration> applied, String version) {
        /** The versions and descriptions of what was applied. */
        public String names() {
            return applied.stream()
                    .map(migration -> migration.version() + " " + migration.description())
                    .collect(Collectors.joining(", "));
        }
    }

    /** A schema that this Parley cannot use, and why. */
    public static final class Unusable extends Exception {
        private Unusable(String why, @Nullable FlywayException cause) {
            super(why, cause);
        }

        /** The reason, as a clause. */
        public String why() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * Brings the schema up to date and logs each migration by name, for a server; a command leaves the store as it is.
     *
     * @throws Unusable if this Parley cannot use the schema, or a migration is due and this is a command
     */
    public void open(boolean serving) throws Unusable {
        if (isUpToDate()) {
            return; // Flyway would ask for all of it several times more
        }
        Migrated due = preview();
        boolean empty = due.version().equals(NONE);
        if (serving) {
            for (Migration migration : migrate().applied()) {
                LOG.logf(
                        empty ? Logger.Level.DEBUG : Logger.Level.INFO,
                        "Applied migration %s, %s",
                        migration.version(),
                        migration.description());
            }
        } else if (!due.applied().isEmpty()) {
            String state = empty
                    ? "it is empty"
                    : "its schema has version " + due.version() + ", and a migration is due (" + due.names() + ")";
            throw new Unusable(state + "; run \"parley migrate\" or start the service", null);
        }
    }

    private boolean isUpToDate() throws Unusable {
        try {
            MigrationInfoService info = flyway.info();
            return info.pending().length == 0
                    && Arrays.stream(info.applied())
                            .allMatch(applied -> applied.getState() == MigrationState.SUCCESS
                                    && applied.isChecksumMatching()
                                    && applied.isDescriptionMatching()
                                    && applied.isTypeMatching());
        } catch (FlywayException e) {
            throw strange(e);
        }
    }

    /** Brings the store up to date; one that this Parley cannot use is left as it is. */
    public Migrated migrate() throws Unusable {
        try {
            refuseFuture(flyway.info());
            List<Migration> applied = flyway.migrate().migrations.stream()
                    .map(migration -> new Migration(migration.version, migration.description))
                    .toList();
            return new Migrated(applied, version(flyway.info()));
        } catch (FlywayException e) {
            throw strange(e);
        }
    }

    /** What {@link #migrate} would do; changes nothing. */
    public Migrated preview() throws Unusable {
        try {
            MigrationInfoService info = flyway.info();
            refuseFuture(info);
            copy().ignoreMigrationPatterns(PENDING).load().validate(); // by default a pending migration is invalid
            List<Migration> pending = Arrays.stream(info.pending())
                    .map(due -> new Migration(String.valueOf(due.getVersion()), due.getDescription()))
                    .toList();
            return new Migrated(pending, version(info));
        } catch (FlywayException e) {
            throw strange(e);
        }
    }

    private static void refuseFuture(MigrationInfoService info) throws Unusable {
        for (MigrationInfo applied : info.applied()) {
            if (applied.getState() == MigrationState.FUTURE_SUCCESS) {
                throw new Unusable(
                        "its schema, version " + applied.getVersion()
                                + ", is newer than this Parley knows; run the version that wrote it",
                        null);
            }
        }
    }

    private static String version(MigrationInfoService info) {
        MigrationInfo current = info.current();
        return current == null ? NONE : String.valueOf(current.getVersion());
    }

    private static Unusable strange(FlywayException e) {
        LOG.debug("Flyway refused", e);
        return new Unusable("its schema is not one that Parley made, or was changed by hand", e);
    }
}
