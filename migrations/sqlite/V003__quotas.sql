-- Namespaces can be held to a number of sessions and of bytes, so that one of them cannot fill the store for all.

-- What a session was charged, in bytes; null for one that was opened while there was no quota, and is not counted.
ALTER TABLE sessions ADD COLUMN charge INTEGER;

-- The sums of the sessions that were charged; a namespace without any has no row.
CREATE TABLE namespaces (
    namespace TEXT    PRIMARY KEY,
    sessions  INTEGER NOT NULL,
    bytes     INTEGER NOT NULL
) WITHOUT ROWID;

-- Closed, swept, or replaced under its code: whoever deletes a session, with whatever settings, gives back what it was charged.
CREATE TRIGGER sessions_give_back AFTER DELETE ON sessions WHEN OLD.charge IS NOT NULL
BEGIN
    UPDATE namespaces SET sessions = sessions - 1, bytes = bytes - OLD.charge WHERE namespace = OLD.namespace;
    DELETE FROM namespaces WHERE namespace = OLD.namespace AND sessions <= 0;
END;
