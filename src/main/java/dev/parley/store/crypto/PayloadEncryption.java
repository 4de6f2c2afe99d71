package dev.parley.store.crypto;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether what peers say is sealed in a store, and with which keys. A store is one or the other: once it has a key, what is in clear
 * in it is not believed, for anybody who can write to the disk could have put it there.
 *
 * <p>The store notes each key that seals, with a secret of its own wrapped by it. So a start with a wrong key is noticed before
 * anything is read, and so the digests of candidates, which are made with that secret, are the same under every key: a
 * candidate that is repeated beside a rotation is stored once.
 */
public final class PayloadEncryption {
    /** The setting that names the keys. */
    public static final String KEYS = "parley.encryption.keys";

    /** Of a store that has no key. */
    public static final PayloadEncryption NONE = new PayloadEncryption(EncryptionKeys.EMPTY, false, new SecureRandom());

    private static final Logger LOG = Logger.getLogger(PayloadEncryption.class);
    private static final int SECRET_BYTES = 32;

    private static final Sql NOTED =
            new Sql("noted-keys", "SELECT id, name, secret FROM encryption_keys ORDER BY name");
    private static final Sql LOCK = new Sql("lock-keys", "UPDATE history SET id = id");
    private static final Sql NOTE =
            new Sql("note-key", "INSERT INTO encryption_keys (id, name, secret) VALUES (?, ?, ?)");
    private static final Sql RETIRE = new Sql("retire-keys", "DELETE FROM encryption_keys WHERE id <> ?");

    private final EncryptionKeys keyring;
    private final boolean serving;
    private final SecureRandom random;
    private volatile boolean locked;
    private volatile @Nullable Seal seal;

    /** The key that seals, and what digests are made with. */
    private static final class Seal {
        final EncryptionKey key;
        final byte[] secret;

        Seal(EncryptionKey key, byte[] secret) {
            this.key = key;
            this.secret = secret;
        }
    }

    /** A key as the store notes it. */
    private static final class Noted {
        final int id;
        final String name;
        final byte[] wrapped;

        Noted(int id, String name, byte[] wrapped) {
            this.id = id;
            this.name = name;
            this.wrapped = wrapped;
        }
    }

    /**
     * @param serving whether this is for a server, which lets a store have its keys, or for a command beside one, which takes
     *     the store as the server has it
     */
    public PayloadEncryption(EncryptionKeys keyring, boolean serving, SecureRandom random) {
        this.keyring = keyring;
        this.serving = serving;
        this.random = random;
    }

    /**
     * Holds the keys against those that the store notes, in a transaction of its caller's; before anything is read or written.
     * A store's first key seals at once what is there in clear.
     *
     * @return whether this was the store's first key
     * @throws InvalidConfiguration if they are not the store's
     */
    public boolean admit(Statements tx) throws SQLException {
        boolean noting = serving && !keyring.isEmpty();
        if (noting) {
            tx.call(LOCK).update(); // of two nodes that start at once, one sees what the other has noted
        }
        List<Noted> noted = noted(tx);
        if (noted.isEmpty()) {
            if (noting) {
                begin(tx);
            }
            return noting;
        }
        if (!keyring.isEmpty()) {
            goOn(tx, noted);
        } else if (serving) {
            throw withoutKey(noted);
        } else {
            locked = true; // what a command can do without a key, such as counting, it may
        }
        return false;
    }

    /**
     * Holds the keys against those that the store notes, as a server does, and changes nothing.
     *
     * @return what they are to the store, in a line
     * @throws InvalidConfiguration if a server with these keys would not start
     */
    public String examine(Statements reader) throws SQLException {
        List<Noted> noted = noted(reader);
        if (noted.isEmpty()) {
            return keyring.isEmpty()
                    ? "none; payloads are stored as they were sent"
                    : "none yet; the next start of the service encrypts all payloads";
        }
        if (keyring.isEmpty()) {
            throw withoutKey(noted);
        }
        byte[] secret = secret(noted);
        seal = new Seal(firstOf(noted), secret);
        return "the key " + names(noted) + " opens the store";
    }

    private static InvalidConfiguration withoutKey(List<Noted> noted) {
        return refused("the store is sealed with the key " + names(noted) + ", and no key is set");
    }

    private void begin(Statements tx) throws SQLException {
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        EncryptionKey first = keyring.keys().get(0);
        note(tx, first, secret);
        long events = Rotation.sealWhatIsInClear(tx, sealed(first, secret));
        LOG.infof("From now on the key \"%s\" seals; %d events were in clear", first.name(), events);
        seal = new Seal(first, secret);
    }

    private void goOn(Statements tx, List<Noted> noted) throws SQLException {
        byte[] secret = secret(noted);
        EncryptionKey first = keyring.keys().get(0);
        if (serving && noted.stream().noneMatch(key -> key.id == first.id())) {
            note(tx, first, secret);
            LOG.infof("From now on the key \"%s\" seals", first.name());
        }
        seal = new Seal(serving ? first : firstOf(noted), secret);
    }

    private byte[] secret(List<Noted> noted) {
        byte[] secret = new byte[0];
        for (Noted key : noted) {
            EncryptionKey ours = keyring.withId(key.id).orElseThrow(() -> refused(missing(key)));
            try {
                secret = ours.unwrap(key.wrapped);
            } catch (DecryptionFailed e) {
                throw refused("what the store notes of the key \"" + key.name + "\" cannot be used: " + e.why());
            }
        }
        return secret;
    }

    private String missing(Noted key) {
        return keyring.named(key.name).isPresent()
                ? "the key \"" + key.name + "\" is not the one that the store was sealed with"
                : "the store is sealed with the key \"" + key.name + "\", which is not among them; put it behind the"
                        + " first, and it may go once \"parley rotate\" has run";
    }

    /** The first of the keys here that a server has taken up, as all that are noted are here: others the server could not open. */
    private EncryptionKey firstOf(List<Noted> noted) {
        return keyring.keys().stream()
                .filter(key -> noted.stream().anyMatch(taken -> taken.id == key.id()))
                .findFirst()
                .orElseThrow();
    }

    /** Whether the store is sealed, or is about to be. */
    public boolean isSealing() {
        return locked || !keyring.isEmpty();
    }

    /** For one connection. */
    public Payloads payloads() {
        Seal now = seal;
        return now == null ? new ClearPayloads(locked) : sealed(now.key, now.secret);
    }

    /**
     * For {@code rotate}.
     *
     * @throws InvalidConfiguration unless the first key is one that a server seals with
     */
    SealedPayloads rotating() {
        if (keyring.isEmpty()) {
            throw refused("no key is set, so there is none to seal with");
        }
        Seal now = seal;
        EncryptionKey first = keyring.keys().get(0);
        if (now == null || now.key.id() != first.id()) {
            throw refused("no server has been started with \"" + first.name()
                    + "\" as its first key; what is sealed with it, none could open. Restart the service first");
        }
        return sealed(first, now.secret);
    }

    private SealedPayloads sealed(EncryptionKey key, byte[] secret) {
        return new SealedPayloads(new Envelope(keyring, key, random), new KeyFingerprints(secret));
    }

    /** Forgets every key but the one that seals: nothing is sealed with them any more. */
    void retireOthers(Statements tx) throws SQLException {
        tx.call(RETIRE).bind(keyring.keys().get(0).id()).update();
    }

    private void note(Statements tx, EncryptionKey key, byte[] secret) throws SQLException {
        tx.call(NOTE)
                .bind(key.id())
                .bind(key.name())
                .bind(key.wrap(secret, random))
                .update();
    }

    private static List<Noted> noted(Statements tx) throws SQLException {
        return tx.call(NOTED).all(rows -> {
            var noted = new ArrayList<Noted>();
            while (rows.next()) {
                noted.add(new Noted(rows.getInt(1), rows.getString(2), rows.getBytes(3)));
            }
            return noted;
        });
    }

    private static String names(List<Noted> noted) {
        return noted.stream().map(key -> "\"" + key.name + "\"").collect(Collectors.joining(", "));
    }

    static InvalidConfiguration refused(String why) {
        return new InvalidConfiguration(KEYS + ": " + why + ".");
    }
}
