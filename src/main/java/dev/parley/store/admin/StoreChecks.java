package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.store.sql.RowCheck;
import dev.parley.store.sql.Schema;
import dev.parley.store.sql.Schema.Migrated;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The checks of an examination that are the same for both engines. */
final class StoreChecks {
    private static final Duration ROWS_MAX = Duration.ofSeconds(10);

    private StoreChecks() {}

    /** Whether this Parley can use the schema, and which migrations are due. */
    static Finding schema(Schema schema) {
        try {
            Migrated preview = schema.preview();
            return preview.applied().isEmpty()
                    ? Finding.ok("schema", "version " + preview.version())
                    : Finding.warning(
                            "schema",
                            "version " + preview.version() + "; migrations are due: " + preview.names(),
                            "The next start of the service applies them, or \"parley migrate\" now; write a backup first.");
        } catch (Schema.Unusable e) {
            return Finding.fault("schema", e.why(), "Run the Parley that wrote it, or restore a backup.");
        }
    }

    /** Whether a server would accept the keys, and whether live sessions can be read. The schema must be up to date. */
    static List<Finding> rows(Statements reader, Supplier<EncryptionKeys> keys, Instant now) throws SQLException {
        var findings = new ArrayList<Finding>();
        PayloadCodec codec;
        try {
            EncryptionCheck.Result encryption = EncryptionCheck.examine(reader, keys.get(), now);
            findings.add(Finding.ok("encryption", encryption.summary()));
            codec = encryption.codec();
        } catch (InvalidConfiguration e) {
            findings.add(Finding.fault(
                    "encryption",
                    String.valueOf(e.getMessage()),
                    "The service does not start; configure the key with which the store was encrypted."));
            return findings;
        }
        RowCheck.Result rows = RowCheck.of(reader, codec, now, ROWS_MAX);
        String read = rows.sessions() + " live sessions read"
                + (rows.complete() ? "" : ", as many as " + ROWS_MAX.toSeconds() + " s allow");
        findings.add(
                rows.first() == null
                        ? Finding.ok("rows", read + ", none damaged")
                        : Finding.fault(
                                "rows",
                                read + ", " + rows.damaged() + " damaged; the first: " + rows.first(),
                                "Requests for them get 503 until they expire. Check the machine's disk and memory."));
        return findings;
    }
}
