package dev.parley.access;

import dev.parley.session.TokenHash;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.sql.KeyStore;
import dev.parley.store.sql.StoredKey;
import jakarta.inject.Singleton;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The keys that are good, in memory, as the store had them at the last look: a request costs no query. So a key that was made or
 * revoked is so known by the next look, on this node and on every other.
 *
 * <p>While the store cannot be read the keys of the last look stay good: a primary that is lost must not lock out those who read
 * from replicas.
 */
@Singleton
public final class ApiKeys {
    private static final Logger LOG = Logger.getLogger(ApiKeys.class);

    private final KeyStore store = new KeyStore();
    private final AtomicBoolean blind = new AtomicBoolean();
    private volatile Map<TokenHash, Credential> credentials = Map.of();

    /** The credential of the key with that hash, where there is one. */
    @Nullable
    public Credential find(TokenHash hash) {
        // The time that this takes may tell how much of a hash is right, and not what secret would have that hash.
        return credentials.get(hash);
    }

    /** How many keys are good. */
    public int size() {
        return credentials.size();
    }

    /** Looks at the store; on its primary, since a replica may not know yet that a key was revoked. */
    public CompletionStage<Void> look(Database database) {
        return database.scan(ReadFrom.PRIMARY, store::all).handle((served, failure) -> {
            if (served != null) {
                credentials = credentials(served.result());
                blind.set(false);
            } else if (!blind.getAndSet(true)) {
                // Where the primary does not serve, the store has logged why.
                Level level = database.nodes().get(0).serving() ? Level.WARN : Level.DEBUG;
                LOG.logf(level, "The keys cannot be read; those known stay valid: %s", String.valueOf(failure));
            }
            return null;
        });
    }

    private static Map<TokenHash, Credential> credentials(List<StoredKey> keys) {
        var credentials = new HashMap<TokenHash, Credential>();
        for (StoredKey key : keys) {
            credentials.put(key.hash(), new Credential(key.name(), key.namespace(), roles(key.roles())));
        }
        return credentials;
    }

    /** A role that a newer Parley knows is none here. */
    static Set<Role> roles(List<String> words) {
        var roles = EnumSet.noneOf(Role.class);
        words.stream().map(Role::named).flatMap(Optional::stream).forEach(roles::add);
        return roles;
    }
}
