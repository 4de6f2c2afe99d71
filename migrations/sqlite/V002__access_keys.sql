-- The keys that callers show where parley.access=key. Only hashes are kept: who reads this table, or a backup of it, cannot call
-- with what is found there.
CREATE TABLE access_keys (
    name       TEXT    NOT NULL PRIMARY KEY,
    namespace  TEXT    NOT NULL,
    roles      TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);
