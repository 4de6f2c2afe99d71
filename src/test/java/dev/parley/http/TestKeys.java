package dev.parley.http;

import dev.parley.access.ApiKeys;
import dev.parley.access.KeyAdmin;
import dev.parley.access.Role;
import dev.parley.session.Namespace;
import dev.parley.store.Database;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.UUID;

/** Keys that a test makes. The application, which would find them within a minute, is made to look. */
@Singleton
final class TestKeys {
    private final KeyAdmin keys;
    private final ApiKeys keyring;
    private final Database database;

    TestKeys(KeyAdmin keys, ApiKeys keyring, Database database) {
        this.keys = keys;
        this.keyring = keyring;
        this.database = database;
    }

    /** The secret of a new key that is good already. */
    String good(String namespace, Role role) {
        return good("key-" + UUID.randomUUID(), namespace, role);
    }

    String good(String name, String namespace, Role role) {
        String secret = keys.create(name, new Namespace(namespace), Set.of(role));
        look();
        return secret;
    }

    /** From now on the key of that name is none. */
    void end(String name) {
        keys.revoke(name);
        look();
    }

    /** What was made or revoked counts now. */
    void look() {
        keyring.reload(database).toCompletableFuture().join();
    }
}
