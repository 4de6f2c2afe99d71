package dev.parley.store.sql;

import dev.parley.session.Namespace;
import dev.parley.session.TokenHash;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * API keys in the store. They are stored with the sessions, so that a command beside a running server can change them, all nodes over
 * PostgreSQL have the same, and a backup contains them.
 *
 * <p>No request reads them: there are few keys, and a server reloads them all periodically.
 */
public final class KeyStore {
    private static final Sql ADD = new Sql("add-key", """
            INSERT INTO access_keys (name, namespace, roles, hash, created_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING""");

    private static final Sql REMOVE = new Sql("remove-key", "DELETE FROM access_keys WHERE name = ?");

    private static final Sql COUNT = new Sql("count-keys", "SELECT count(*) FROM access_keys");

    private static final Sql ALL = new Sql("keys", """
            SELECT name, namespace, roles, hash, created_at FROM access_keys ORDER BY name""");

    /**
     * An API key as it is stored, without its secret.
     *
     * @param name unique in the store
     * @param roles words without spaces; the store does not interpret them
     */
    public record StoredKey(String name, Namespace namespace, List<String> roles, TokenHash hash, Instant createdAt) {}

    /** Returns whether {@code key} was added, which it is not where another key has its name. */
    public boolean add(Statements tx, StoredKey key) throws SQLException {
        return tx.call(ADD)
                        .bind(key.name())
                        .bind(key.namespace().name())
                        .bind(String.join(" ", key.roles()))
                        .bind(key.hash().bytes())
                        .bind(key.createdAt())
                        .update()
                == 1;
    }

    /** Returns whether there was a key of that name. */
    public boolean remove(Statements tx, String name) throws SQLException {
        return tx.call(REMOVE).bind(name).update() == 1;
    }

    public int count(Statements reader) throws SQLException {
        Integer count = reader.call(COUNT).first(row -> row.getInt(1));
        return count == null ? 0 : count;
    }

    /** All keys, by name. */
    public List<StoredKey> all(Statements reader) throws SQLException {
        return reader.call(ALL)
                .list(row -> new StoredKey(
                        row.getString(1),
                        new Namespace(row.getString(2)),
                        List.of(row.getString(3).split(" ")),
                        new TokenHash(row.getBytes(4)),
                        Instant.ofEpochMilli(row.getLong(5))));
    }
}
