package dev.parley.http;

import dev.parley.access.ApiKeys;
import dev.parley.access.KeyAdmin;
import dev.parley.access.Role;
import dev.parley.session.Namespace;
import dev.parley.store.Database;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.UUID;

/** Creates and revokes keys; the application, which reloads them once per minute, reloads them immediately. */
@Singleton
public final class TestKeys {
    private final KeyAdmin keys;
    private final ApiKeys loaded;
    private final Database database;

    TestKeys(KeyAdmin keys, ApiKeys loaded, Database database) {
        this.keys = keys;
        this.loaded = loaded;
        this.database = database;
    }

    /** The secret of a new key, which is valid. */
    public String valid(String namespace, Role role) {
        return valid("key-" + UUID.randomUUID(), namespace, role);
    }

    public String valid(String name, String namespace, Role role) {
        String secret = keys.create(name, new Namespace(namespace), Set.of(role));
        reload();
        return secret;
    }

    public void revoke(String name) {
        keys.revoke(name);
        reload();
    }

    /** Reloads the keys. */
    void reload() {
        loaded.reload(database).toCompletableFuture().join();
    }
}
