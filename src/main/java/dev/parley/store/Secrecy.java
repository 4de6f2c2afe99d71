package dev.parley.store;

import dev.parley.vault.Fingerprints;
import dev.parley.vault.Keyring;
import dev.parley.vault.SealedBox;
import dev.parley.vault.Unopenable;
import dev.parley.vault.VaultKey;
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
public final class Secrecy {
    /** The settings that name the keys. */
    public static final String KEYS = "parley.encryption.keys";

    private static final Logger LOG = Logger.getLogger(Secrecy.class);
    private static final int SECRET_BYTES = 32;

    private static final Sql NOTED =
            new Sql("noted-keys", "SELECT id, name, secret, unfinished FROM encryption_keys ORDER BY name");
    private static final Sql LOCK = new Sql("lock-keys", "UPDATE history SET secret = secret");
    private static final Sql NOTE =
            new Sql("note-key", "INSERT INTO encryption_keys (id, name, secret, unfinished) VALUES (?, ?, ?, ?)");
    private static final Sql SAID = new Sql("anything-said", "SELECT 1 FROM events LIMIT 1");
    private static final Sql FINISH = new Sql("finish-sealing", "UPDATE encryption_keys SET unfinished = 0");
    private static final Sql RETIRE = new Sql("retire-keys", "DELETE FROM encryption_keys WHERE id <> ?");

    private final Keyring keyring;
    private final boolean serving;
    private final SecureRandom random;
    private volatile State state = State.CLEAR;

    /** What a start has found. */
    private static final class State {
        static final State CLEAR = new State(false, null, null, false);
        static final State LOCKED = new State(true, null, null, false);

        /** Whether the store is sealed and there is no key. */
        final boolean locked;

        /** The key that seals; null where there is none. */
        final @Nullable VaultKey sealing;

        /** What digests are made with; null as well. */
        final byte @Nullable [] secret;

        /** Whether there may be events in clear yet. */
        final boolean unfinished;

        private State(boolean locked, @Nullable VaultKey sealing, byte @Nullable [] secret, boolean unfinished) {
            this.locked = locked;
            this.sealing = sealing;
            this.secret = secret;
            this.unfinished = unfinished;
        }
    }

    /** A key as the store notes it. */
    private static final class Noted {
        final int id;
        final String name;
        final byte[] wrapped;
        final boolean unfinished;

        Noted(int id, String name, byte[] wrapped, boolean unfinished) {
            this.id = id;
            this.name = name;
            this.wrapped = wrapped;
            this.unfinished = unfinished;
        }
    }

    /**
     * @param serving whether this is for a server, which lets a store have its keys, or for a command beside one, which takes
     *     the store as the server has it
     */
    public Secrecy(Keyring keyring, boolean serving, SecureRandom random) {
        this.keyring = keyring;
        this.serving = serving;
        this.random = random;
    }

    /**
     * Holds the keys against those that the store notes, in a transaction of its caller's; before anything is read or written.
     *
     * @throws StartRefused if they are not the store's
     */
    public void admit(Statements tx) throws SQLException {
        if (serving && !keyring.isEmpty()) {
            tx.call(LOCK).update(); // of two nodes that start at once, one sees what the other has noted
        }
        List<Noted> noted = noted(tx);
        if (noted.isEmpty()) {
            if (serving && !keyring.isEmpty()) {
                begin(tx);
            }
            return;
        }
        if (keyring.isEmpty()) {
            if (serving) {
                throw refused("the store is sealed with the key " + names(noted) + ", and no key is set");
            }
            state = State.LOCKED; // what a command can do without a key, such as counting, it may
            return;
        }
        byte[] secret = secret(noted);
        boolean unfinished = noted.stream().anyMatch(key -> key.unfinished);
        VaultKey first = keyring.keys().get(0);
        if (serving && noted.stream().noneMatch(key -> key.id == first.id())) {
            note(tx, first, secret, unfinished);
            LOG.infof("From now on the key \"%s\" seals", first.name());
        }
        state = new State(false, serving ? first : firstOf(noted), secret, unfinished);
    }

    private void begin(Statements tx) throws SQLException {
        VaultKey first = keyring.keys().get(0);
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        boolean unfinished = tx.call(SAID).first(row -> true) != null;
        note(tx, first, secret, unfinished);
        state = new State(false, first, secret, unfinished);
    }

    private byte[] secret(List<Noted> noted) {
        byte[] secret = new byte[0];
        for (Noted key : noted) {
            VaultKey ours = keyring.withId(key.id).orElseThrow(() -> refused(missing(key)));
            try {
                secret = ours.unwrap(key.wrapped);
            } catch (Unopenable e) {
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

    /** The first of the keys here that a server has taken up: what is sealed with another, the server could not open. */
    private @Nullable VaultKey firstOf(List<Noted> noted) {
        return keyring.keys().stream()
                .filter(key -> noted.stream().anyMatch(taken -> taken.id == key.id()))
                .findFirst()
                .orElse(null);
    }

    /** For one connection. */
    Payloads payloads() {
        State now = state;
        return now.sealing == null || now.secret == null
                ? new ClearPayloads(now.locked)
                : sealed(now.sealing, now.secret);
    }

    /**
     * For {@code rotate}.
     *
     * @throws StartRefused unless the first key is one that a server seals with
     */
    SealedPayloads rotating() {
        State now = state;
        if (keyring.isEmpty()) {
            throw refused("no key is set, so there is none to seal with");
        }
        VaultKey first = keyring.keys().get(0);
        if (now.sealing == null || now.secret == null || now.sealing.id() != first.id()) {
            throw refused("no server has been started with \"" + first.name()
                    + "\" as its first key; what is sealed with it, none could open. Restart the service first");
        }
        return sealed(first, now.secret);
    }

    private SealedPayloads sealed(VaultKey sealing, byte[] secret) {
        return new SealedPayloads(new SealedBox(keyring, sealing, random), new Fingerprints(secret));
    }

    /** Whether what was said before the store had its first key may be in clear yet. */
    public boolean isUnfinished() {
        return state.unfinished;
    }

    /** Notes that nothing is in clear any more. */
    void finish(Statements tx) throws SQLException {
        tx.call(FINISH).update();
    }

    /** Forgets every key but the one that seals: nothing is sealed with them any more. */
    void retireOthers(Statements tx) throws SQLException {
        tx.call(RETIRE).bind(keyring.keys().get(0).id()).update();
    }

    private void note(Statements tx, VaultKey key, byte[] secret, boolean unfinished) throws SQLException {
        tx.call(NOTE)
                .bind(key.id())
                .bind(key.name())
                .bind(key.wrap(secret, random))
                .bind(unfinished ? 1 : 0)
                .update();
    }

    private static List<Noted> noted(Statements tx) throws SQLException {
        return tx.call(NOTED).all(rows -> {
            var noted = new ArrayList<Noted>();
            while (rows.next()) {
                noted.add(new Noted(rows.getInt(1), rows.getString(2), rows.getBytes(3), rows.getInt(4) == 1));
            }
            return noted;
        });
    }

    private static String names(List<Noted> noted) {
        return noted.stream().map(key -> "\"" + key.name + "\"").collect(Collectors.joining(", "));
    }

    static StartRefused refused(String why) {
        return new StartRefused(KEYS + ": " + why + ".");
    }
}
