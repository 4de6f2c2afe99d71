-- Namespaces can be held to a number of sessions and of bytes, so that one of them cannot fill the store for all.

-- What a session was charged, in bytes; null for one that was opened while there was no quota, and is not counted.
ALTER TABLE sessions ADD COLUMN charge BIGINT;

-- The sums of the sessions that were charged; a namespace without any has no row. Narrow, and most of each page is kept free: each
-- charge writes the row anew.
CREATE TABLE namespaces (
    namespace TEXT COLLATE "C" PRIMARY KEY,
    sessions  BIGINT NOT NULL,
    bytes     BIGINT NOT NULL
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.05);

-- Closed, swept, or replaced under its code: whoever deletes a session, with whatever settings, gives back what it was charged.
CREATE FUNCTION sessions_give_back() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE namespaces SET sessions = sessions - 1, bytes = bytes - OLD.charge WHERE namespace = OLD.namespace;
    DELETE FROM namespaces WHERE namespace = OLD.namespace AND sessions <= 0;
    RETURN NULL;
END
$$;

CREATE TRIGGER sessions_give_back AFTER DELETE ON sessions FOR EACH ROW WHEN (OLD.charge IS NOT NULL)
EXECUTE FUNCTION sessions_give_back();
