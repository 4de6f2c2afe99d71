package dev.parley.access;

import dev.parley.session.TokenHash;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.sql.KeyStore;
import dev.parley.store.sql.KeyStore.StoredKey;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The valid API keys, in memory: a request needs no query. A new or revoked key applies after the next reload, on each node.
 *
 * <p>While the store cannot be read, the keys of the last reload remain valid, so that the loss of the primary does not lock out clients
 * that read from replicas.
 */
@Singleton
public final class ApiKeys {
    private static final Logger LOG = Logger.getLogger(ApiKeys.class);

    private final KeyStore store = new KeyStore();
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile Map<TokenHash, Credential> credentials = Map.of();

    /** The credential of the key with that hash; null if there is none. */
    @Nullable
    public Credential find(TokenHash hash) {
        // The time of the lookup may reveal a part of a hash, but not a secret with that hash.
        return credentials.get(hash);
    }

    /** The number of valid keys. */
    public int size() {
        return credentials.size();
    }

    /** Reloads the keys from the primary, because a replica may not know yet that a key was revoked. A failure is logged once. */
    public CompletionStage<Void> reload(Database database) {
        return database.scan(ReadFrom.PRIMARY, store::all).handle((served, failure) -> {
            if (served != null) {
                var loaded = new HashMap<TokenHash, Credential>();
                for (StoredKey key : served.result()) {
                    loaded.put(key.hash(), new Credential(key.name(), key.namespace(), Role.known(key.roles())));
                }
                credentials = loaded;
                failing.set(false);
            } else if (!failing.getAndSet(true)) {
                // If the primary does not serve, the store has logged the reason.
                Level level = database.nodes().get(0).serving() ? Level.WARN : Level.DEBUG;
                LOG.logf(level, "API keys cannot be reloaded; the known ones stay valid: %s", String.valueOf(failure));
            }
            return null;
        });
    }
}
