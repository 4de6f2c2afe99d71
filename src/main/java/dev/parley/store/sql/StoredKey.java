package dev.parley.store.sql;

import dev.parley.session.Namespace;
import dev.parley.session.TokenHash;
import java.time.Instant;
import java.util.List;

/**
 * A key as the store has it, which is without the secret.
 *
 * @param name unique among the keys of a store
 * @param roles words whose meaning is not the store's business; none holds a space
 */
public record StoredKey(String name, Namespace namespace, List<String> roles, TokenHash hash, Instant createdAt) {}
