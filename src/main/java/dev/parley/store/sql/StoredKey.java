package dev.parley.store.sql;

import dev.parley.session.Namespace;
import dev.parley.session.TokenHash;
import java.time.Instant;
import java.util.List;

/**
 * An API key as it is stored, without its secret.
 *
 * @param name unique in the store
 * @param roles words without spaces; the store does not interpret them
 */
public record StoredKey(String name, Namespace namespace, List<String> roles, TokenHash hash, Instant createdAt) {}
