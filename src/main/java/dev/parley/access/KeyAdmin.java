package dev.parley.access;

import dev.parley.session.Namespace;
import dev.parley.session.TokenHash;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.sql.KeyStore;
import dev.parley.store.sql.KeyStore.StoredKey;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Creates, lists and revokes API keys, for commands. Each method blocks, and throws {@link AdminRefused} if the operation is not
 * possible, {@link dev.parley.session.SignalingException} if the store fails.
 */
@Singleton
public final class KeyAdmin {
    private static final String PREFIX = "parley_";
    private static final int RANDOM_BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Each node keeps all keys in memory and reads all of them at each reload. */
    private static final int KEYS_MAX = 10_000;

    private final KeyStore store = new KeyStore();
    private final Database database;
    private final SecureRandom random;
    private final InstantSource clock;

    public KeyAdmin(Database database, SecureRandom random, InstantSource clock) {
        this.database = database;
        this.random = random;
        this.clock = clock;
    }

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Creates a key and returns its secret, which cannot be shown again: 256 random bits behind a prefix that people and secret scanners
     * recognize.
     */
    public String create(String name, Namespace namespace, Set<Role> roles) {
        var bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        String key = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        var stored = new StoredKey(
                name, namespace, roles.stream().sorted().map(Role::word).toList(), TokenHash.of(key), clock.instant());
        Futures.join(database.write(tx -> refusal(tx, stored))).result().ifPresent(line -> {
            throw new AdminRefused(line);
        });
        return key;
    }

    /** Why {@code key} was not added; empty if it was. */
    private Optional<String> refusal(Statements tx, StoredKey key) throws SQLException {
        if (store.count(tx) >= KEYS_MAX) {
            return Optional.of("There are " + KEYS_MAX + " keys, which is the maximum; revoke some.");
        }
        return store.add(tx, key)
                ? Optional.empty()
                : Optional.of("A key with the name " + key.name() + " exists; revoke it or choose another name.");
    }

    /** All keys, by name. */
    public List<StoredKey> list() {
        return Futures.join(database.scan(ReadFrom.PRIMARY, store::all)).result();
    }

    public void revoke(String name) {
        if (!Futures.join(database.write(tx -> store.remove(tx, name))).result()) {
            throw new AdminRefused("No key has the name " + name + "; see \"parley key list\".");
        }
    }
}
