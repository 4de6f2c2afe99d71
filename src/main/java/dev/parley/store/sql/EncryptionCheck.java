package dev.parley.store.sql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.crypto.DecryptionFailed;
import dev.parley.store.crypto.EncryptionKey;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.crypto.Envelope;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.crypto.PayloadEncryption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Compares the configured encryption keys with those that the store records, once at start, and gives the codec for its payloads.
 *
 * <p>A store is encrypted from its first session on, or not at all: once a key is recorded, plaintext is rejected, because anybody who
 * can write to the disk could have put it there. With each key that encrypts the store records a secret of its own, wrapped by that
 * key, so a wrong key is detected before anything is read. A recorded key may be removed from the configuration as soon as no live
 * session needs it.
 */
public final class EncryptionCheck {
    private static final Logger LOG = Logger.getLogger(EncryptionCheck.class);
    private static final int SECRET_BYTES = 32;

    // Of two nodes that start at once, the second sees what the first has recorded.
    private static final Sql LOCK = new Sql("lock-keys", "SELECT 1 FROM history FOR UPDATE");
    private static final Sql RECORDED =
            new Sql("recorded-keys", "SELECT id, name, secret FROM encryption_keys ORDER BY name");
    private static final Sql RECORD =
            new Sql("record-key", "INSERT INTO encryption_keys (id, name, secret) VALUES (?, ?, ?)");
    private static final Sql REMOVE = new Sql("remove-key", "DELETE FROM encryption_keys WHERE id = ?");
    private static final Sql ANY_SESSION = new Sql("any-session", "SELECT 1 FROM sessions LIMIT 1");
    private static final Sql LIVE_PAYLOADS = new Sql("live-payloads-per-key", """
            SELECT substr(e.payload, 1, %d), count(*)
            FROM events e
            JOIN sessions s ON s.id = e.session_id
            WHERE e.payload IS NOT NULL AND s.expires_at > ?
            GROUP BY substr(e.payload, 1, %1$d)""".formatted(Envelope.HEADER_BYTES));

    private final Statements statements;
    private final EncryptionKeys keys;
    private final Instant now;

    private EncryptionCheck(Statements statements, EncryptionKeys keys, Instant now) {
        this.statements = statements;
        this.keys = keys;
        this.now = now;
    }

    /** A key as the store records it. */
    private static final class Recorded {
        final int id;
        final String name;
        final byte[] wrapped;

        Recorded(int id, String name, byte[] wrapped) {
            this.id = id;
            this.name = name;
            this.wrapped = wrapped;
        }
    }

    /**
     * The codec for a store that was opened just now. A server records its first key, and forgets keys that nothing needs; a command
     * changes nothing, and encrypts with a key that a server has recorded.
     *
     * @throws InvalidConfiguration if the keys do not fit the store
     */
    public static PayloadCodec codec(
            Database database, EncryptionKeys keys, boolean serving, SecureRandom random, Instant now) {
        return Futures.join(
                        serving
                                ? database.write(tx -> new EncryptionCheck(tx, keys, now).begin(random))
                                : database.read(
                                        ReadFrom.PRIMARY,
                                        reader -> new EncryptionCheck(reader, keys, now).beside(random)))
                .result();
    }

    private PayloadCodec begin(SecureRandom random) throws SQLException {
        if (!keys.isEmpty() && statements.hasRowLocks()) {
            statements.call(LOCK).first(row -> true);
        }
        List<Recorded> recorded = recorded();
        if (keys.isEmpty()) {
            if (recorded.isEmpty()) {
                return PayloadCodec.PLAINTEXT;
            }
            throw withoutKeys(recorded);
        }
        EncryptionKey first = keys.keys().get(0);
        byte[] secret;
        if (recorded.isEmpty()) {
            requireNoSessions();
            secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
        } else {
            secret = secret(recorded);
        }
        for (Recorded key : recorded) {
            if (keys.withId(key.id).isEmpty()) {
                statements.call(REMOVE).bind(key.id).update();
            }
        }
        if (recorded.stream().noneMatch(key -> key.id == first.id())) {
            statements
                    .call(RECORD)
                    .bind(first.id())
                    .bind(first.name())
                    .bind(first.wrap(secret, random))
                    .update();
            LOG.infof("Payloads are encrypted with the key \"%s\" from now on", first.name());
        }
        return new PayloadEncryption(keys, first, secret, random);
    }

    private PayloadCodec beside(SecureRandom random) throws SQLException {
        List<Recorded> recorded = recorded();
        if (recorded.isEmpty()) {
            return PayloadCodec.PLAINTEXT;
        }
        if (keys.isEmpty()) {
            return PayloadCodec.LOCKED;
        }
        byte[] secret = secret(recorded);
        EncryptionKey encrypting = keys.keys().stream()
                .filter(key -> recorded.stream().anyMatch(other -> other.id == key.id()))
                .findFirst()
                .orElseThrow();
        return new PayloadEncryption(keys, encrypting, secret, random);
    }

    /**
     * What a server would make of the keys, for an examination; changes nothing.
     *
     * @param summary in one line, with the number of live payloads under each key
     */
    public record Result(PayloadCodec codec, String summary) {}

    /** @throws InvalidConfiguration if a server with these keys would not start */
    public static Result examine(Statements reader, EncryptionKeys keys, Instant now) throws SQLException {
        var check = new EncryptionCheck(reader, keys, now);
        List<Recorded> recorded = check.recorded();
        if (recorded.isEmpty() && keys.isEmpty()) {
            return new Result(PayloadCodec.PLAINTEXT, "none; payloads are stored as they were sent");
        }
        if (recorded.isEmpty()) {
            check.requireNoSessions();
            return new Result(PayloadCodec.PLAINTEXT, "none yet; the next start of the service turns it on");
        }
        if (keys.isEmpty()) {
            throw withoutKeys(recorded);
        }
        PayloadCodec codec = check.beside(new SecureRandom());
        Map<Integer, Long> live = check.livePayloads();
        String counts = keys.keys().stream()
                .map(key -> "\"" + key.name() + "\" " + live.getOrDefault(key.id(), 0L))
                .collect(Collectors.joining(", "));
        return new Result(codec, "the keys fit; live payloads per key: " + counts);
    }

    private byte[] secret(List<Recorded> recorded) throws SQLException {
        byte[] secret = null;
        for (Recorded key : recorded) {
            Optional<EncryptionKey> configured = keys.withId(key.id);
            if (configured.isEmpty()) {
                continue;
            }
            try {
                secret = configured.get().unwrap(key.wrapped);
            } catch (DecryptionFailed e) {
                throw refused("what the store records of the key \"" + key.name + "\" cannot be used: " + e.reason());
            }
        }
        requireNoneMissing(recorded, secret);
        return Objects.requireNonNull(secret);
    }

    private void requireNoneMissing(List<Recorded> recorded, byte @Nullable [] secret) throws SQLException {
        List<Recorded> missing =
                recorded.stream().filter(key -> keys.withId(key.id).isEmpty()).toList();
        if (missing.isEmpty()) {
            return;
        }
        Map<Integer, Long> live = secret == null ? Map.of() : livePayloads();
        for (Recorded key : missing) {
            if (secret == null || live.containsKey(key.id)) {
                boolean sameName =
                        keys.keys().stream().anyMatch(other -> other.name().equals(key.name));
                throw refused(
                        sameName
                                ? "the key \"" + key.name + "\" is not the one that the store was encrypted with"
                                : "the store is encrypted with the key \"" + key.name
                                        + "\", which is not among them; put it behind the first one until \"parley doctor\""
                                        + " counts no live payloads under it");
            }
        }
    }

    /** The number of payloads of live sessions by the id of their key. */
    private Map<Integer, Long> livePayloads() throws SQLException {
        return statements.call(LIVE_PAYLOADS).bind(now.toEpochMilli()).all(rows -> {
            var counts = new HashMap<Integer, Long>();
            while (rows.next()) {
                byte[] header = rows.getBytes(1);
                if (header.length == Envelope.HEADER_BYTES && Envelope.isEncrypted(header)) {
                    counts.put(Envelope.keyId(header), rows.getLong(2));
                }
            }
            return counts;
        });
    }

    private void requireNoSessions() throws SQLException {
        if (statements.call(ANY_SESSION).first(row -> true) != null) {
            throw refused(
                    "the store has sessions in plaintext, and is encrypted from its first session on or not at all;"
                            + " start a new store, or remove the setting, wait until the sessions have expired and"
                            + " run \"parley sweep\"");
        }
    }

    private List<Recorded> recorded() throws SQLException {
        return statements.call(RECORDED).all(rows -> {
            var recorded = new ArrayList<Recorded>();
            while (rows.next()) {
                recorded.add(new Recorded(rows.getInt(1), rows.getString(2), rows.getBytes(3)));
            }
            return recorded;
        });
    }

    private static InvalidConfiguration withoutKeys(List<Recorded> recorded) {
        String names = recorded.stream().map(key -> "\"" + key.name + "\"").collect(Collectors.joining(", "));
        return refused("the store is encrypted with the key " + names + ", and no key is set");
    }

    private static InvalidConfiguration refused(String why) {
        return new InvalidConfiguration(EncryptionKeys.SETTING + ": " + why + ".");
    }
}
