-- A session stays between the two peers that met in it, and is told from others that have its code before or after it.

-- 1 once an earlier generation was answered: the session is listed no more, and only its answerer answers later generations.
ALTER TABLE sessions ADD COLUMN answered_before INTEGER NOT NULL DEFAULT 0 CHECK (answered_before IN (0, 1));

-- Random, part of entity tags and event ids. Sessions from before have none; created_at stands in.
ALTER TABLE sessions ADD COLUMN incarnation INTEGER;

-- The time to live in milliseconds that the session was opened with: a repeated request must ask for the same. Sessions from
-- before have none, and it is not compared.
ALTER TABLE sessions ADD COLUMN ttl INTEGER;

UPDATE sessions SET answered_before = 1
WHERE generation > 1
  AND EXISTS (SELECT 1 FROM events e WHERE e.session_id = sessions.id AND e.kind = 2 AND e.generation < sessions.generation);

-- The parentheses let SQLite see that both flags are constants of the index, so that topics are counted without touching the table.
DROP INDEX sessions_by_topic;
CREATE INDEX sessions_by_topic ON sessions (namespace, topic, id, expires_at)
    WHERE answered = 0 AND (answered_before = 0 AND topic IS NOT NULL);

DROP INDEX sessions_open;
CREATE INDEX sessions_open ON sessions (namespace, id)
    WHERE answered = 0 AND (answered_before = 0 AND topic IS NOT NULL);
