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
        return new Schema(new FluentConfiguration()
                .configuration(flyway.getConfiguration())
                .dataSource(store)
                .load());
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
        if (!serving) {
            refuseDue();
            return;
        }
        boolean old = !preview().version().equals(NONE);
        Migrated migrated = migrate();
        if (old) {
            migrated.applied()
                    .forEach(migration ->
                            LOG.infof("Applied migration %s, %s", migration.version(), migration.description()));
        }
    }

    private void refuseDue() throws Unusable {
        Migrated preview = preview();
        if (!preview.applied().isEmpty()) {
            throw new Unusable(
                    preview.version().equals(NONE)
                            ? "it is empty; run \"parley migrate\" or start the service"
                            : "its schema has version " + preview.version() + ", and a migration is due ("
                                    + preview.names()
                                    + "); run \"parley migrate\" or start the service",
                    null);
        }
    }

    /** Brings the store up to date; one that will not do is left as it is. */
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
            // Flyway takes what is to be applied for invalid, unless told otherwise.
            var lenient = new FluentConfiguration()
                    .configuration(flyway.getConfiguration())
                    .ignoreMigrationPatterns(PENDING)
                    .load();
            lenient.validate();
            return new Migrated(pending(info), version(info));
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

    private static List<Migration> pending(MigrationInfoService info) {
        return Arrays.stream(info.pending())
                .map(migration -> new Migration(String.valueOf(migration.getVersion()), migration.getDescription()))
                .toList();
    }

    private boolean isUpToDate() throws Unusable {
        try {
            MigrationInfoService info = flyway.info();
            return info.pending().length == 0 && Arrays.stream(info.applied()).allMatch(Schema::isUnchanged);
        } catch (FlywayException e) {
            throw strange(e);
        }
    }

    private static boolean isUnchanged(MigrationInfo applied) {
        return applied.getState() == MigrationState.SUCCESS
                && applied.isChecksumMatching()
                && applied.isDescriptionMatching()
                && applied.isTypeMatching();
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
