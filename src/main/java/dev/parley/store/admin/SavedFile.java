package dev.parley.store.admin;

import dev.parley.store.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Looks through a file that nobody has open, page by page, before it is trusted to be a backup or a store. */
final class SavedFile {
    private final SqliteFile file;

    SavedFile(SqliteFile file) {
        this.file = file;
    }

    /** What is wrong with the file; nothing if it is whole. */
    Optional<String> damage(Progress progress) throws SQLException {
        progress.at("checking", -1);
        try (Connection connection = file.openAtRest();
                Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery("PRAGMA integrity_check(1)")) {
                String first = found.getString(1);
                if (!"ok".equals(first)) {
                    return Optional.of(first);
                }
            }
            try (ResultSet orphan = statement.executeQuery("PRAGMA foreign_key_check")) {
                return orphan.next() ? Optional.of("events without their session") : Optional.empty();
            }
        }
    }

    StoreContents contents() throws SQLException, IOException {
        try (Connection connection = file.openAtRest();
                Statement statement = connection.createStatement();
                ResultSet counts = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM events)")) {
            return new StoreContents(counts.getLong(1), counts.getLong(2), Files.size(file.path()));
        }
    }
}
