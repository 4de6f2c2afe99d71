package dev.parley.store.sql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.crypto.AesGcm.DecryptionFailed;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.crypto.PayloadEncryption;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Compares the configured encryption keys with those that the store records, once at start, and gives the codec for its payloads.
 *
 * <p>A store is encrypted from its first session on, or not at all: once a key is recorded, plaintext is rejected, because anyone who
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
    private static final Sql LIVE_PAYLOADS =
            new Sql("live-payloads-per-key", """
            SELECT substr(e.payload, 1, %d), count(*)
            FROM events e
            JOIN sessions s ON s.id = e.session_id
            WHERE e.payload IS NOT NULL AND s.expires_at > ?
            GROUP BY substr(e.payload, 1, %1$d)""".formatted(EncryptionKeys.HEADER_BYTES));

    private final Statements statements;
    private final EncryptionKeys keys;
    private final Instant now;
    private final SecureRandom random;
    private final List<Recorded> recorded;

    private EncryptionCheck(Statements statements, EncryptionKeys keys, SecureRandom random, Instant now)
            throws SQLException {
        this.statements = statements;
        this.keys = keys;
        this.now = now;
        this.random = random;
        this.recorded = statements
                .call(RECORDED)
                .list(row -> new Recorded(row.getInt(1), row.getString(2), ByteBuffer.wrap(row.getBytes(3))));
    }

    /** A key as the store records it. */
    private record Recorded(int id, String name, ByteBuffer wrapped) {}

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
                                ? database.write(tx -> {
                                    if (!keys.isEmpty() && tx.hasRowLocks()) {
                                        tx.call(LOCK).first(row -> true);
                                    }
                                    return new EncryptionCheck(tx, keys, random, now).forServer();
                                })
                                : database.read(
                                        ReadFrom.PRIMARY,
                                        reader -> new EncryptionCheck(reader, keys, random, now).forCommand()))
                .result();
    }

    /**
     * What a server would make of the keys, for an examination; changes nothing.
     *
     * @param summary in one line, with the number of live payloads under each key
     */
    public record Result(PayloadCodec codec, String summary) {}

    /** @throws InvalidConfiguration if a server with these keys would not start */
    public static Result examine(Statements reader, EncryptionKeys keys, Instant now) throws SQLException {
        var check = new EncryptionCheck(reader, keys, new SecureRandom(), now);
        check.requireFitting();
        String summary = "none; payloads are stored as they were sent";
        if (!check.recorded.isEmpty()) {
            Map<Integer, Long> live = check.livePayloads();
            summary = keys.keys().stream()
                    .map(key -> "\"" + key.name() + "\" " + live.getOrDefault(key.id(), 0L))
                    .collect(Collectors.joining(", ", "the keys fit; live payloads per key: ", ""));
        } else if (!keys.isEmpty()) {
            summary = "none yet; the next start of the service turns it on";
        }
        return new Result(check.forCommand(), summary);
    }

    private PayloadCodec forServer() throws SQLException {
        requireFitting();
        if (keys.isEmpty()) {
            return PayloadCodec.PLAINTEXT;
        }
        EncryptionKeys.Key first = keys.keys().get(0);
        var secret = new byte[SECRET_BYTES];
        if (recorded.isEmpty()) {
            random.nextBytes(secret);
        } else {
            secret = secret();
        }
        for (Recorded key : recorded) {
            if (keys.withId(key.id).isEmpty()) {
                statements.call(REMOVE).bind(key.id).update();
            }
        }
        if (!isRecorded(first)) {
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

    private PayloadCodec forCommand() throws SQLException {
        if (recorded.isEmpty()) {
            return PayloadCodec.PLAINTEXT;
        }
        if (keys.isEmpty()) {
            return PayloadCodec.LOCKED;
        }
        byte[] secret = secret();
        EncryptionKeys.Key encrypting =
                keys.keys().stream().filter(this::isRecorded).findFirst().orElseThrow();
        return new PayloadEncryption(keys, encrypting, secret, random);
    }

    private boolean isRecorded(EncryptionKeys.Key key) {
        return recorded.stream().anyMatch(other -> other.id == key.id());
    }

    /** Throws where there are keys and sessions in plaintext, or no keys and an encrypted store. */
    private void requireFitting() throws SQLException {
        if (keys.isEmpty() && !recorded.isEmpty()) {
            String names = recorded.stream().map(key -> "\"" + key.name + "\"").collect(Collectors.joining(", "));
            throw refused("the store is encrypted with the key " + names + ", and no key is set");
        }
        if (!keys.isEmpty()
                && recorded.isEmpty()
                && statements.call(ANY_SESSION).first(row -> true) != null) {
            throw refused("the store has sessions in plaintext, and is encrypted from its first session on or not at"
                    + " all; start a new store, or remove the setting, wait until the sessions have expired and"
                    + " run \"parley sweep\"");
        }
    }

    /** The secret of a store that records keys; throws where one of them is missing and needed. */
    private byte[] secret() throws SQLException {
        Optional<byte[]> secret = Optional.empty();
        for (Recorded key : recorded) {
            Optional<EncryptionKeys.Key> configured = keys.withId(key.id);
            if (configured.isPresent()) {
                try {
                    var wrapped = new byte[key.wrapped.remaining()];
                    key.wrapped.duplicate().get(wrapped);
                    secret = Optional.of(configured.get().unwrap(wrapped));
                } catch (DecryptionFailed e) {
                    throw refused(
                            "what the store records of the key \"" + key.name + "\" cannot be used: " + e.reason());
                }
            }
        }
        List<Recorded> missing =
                recorded.stream().filter(key -> keys.withId(key.id).isEmpty()).toList();
        Map<Integer, Long> live = missing.isEmpty() || secret.isEmpty() ? Map.of() : livePayloads();
        for (Recorded key : missing) {
            if (secret.isEmpty() || live.containsKey(key.id)) {
                throw refused(
                        keys.keys().stream().anyMatch(other -> other.name().equals(key.name))
                                ? "the key \"" + key.name + "\" is not the one that the store was encrypted with"
                                : "the store is encrypted with the key \"" + key.name
                                        + "\", which is not among them; put it behind the first one until \"parley doctor\""
                                        + " counts no live payloads under it");
            }
        }
        return secret.orElseThrow();
    }

    /** The number of payloads of live sessions by the id of their key. */
    private Map<Integer, Long> livePayloads() throws SQLException {
        return statements.call(LIVE_PAYLOADS).bind(now).all(rows -> {
            var counts = new HashMap<Integer, Long>();
            while (rows.next()) {
                byte[] header = rows.getBytes(1);
                if (header.length == EncryptionKeys.HEADER_BYTES && EncryptionKeys.isEncrypted(header)) {
                    counts.put(EncryptionKeys.keyId(header), rows.getLong(2));
                }
            }
            return counts;
        });
    }

    private static InvalidConfiguration refused(String why) {
        return new InvalidConfiguration(EncryptionKeys.SETTING + ": " + why + ".");
    }
}
