-- What peers say can be kept sealed, so that who reads the disk does not read it. The same as SQLite's.

-- The keys that seal, or have sealed what may still be here; none where all is in clear. The keys themselves are the operator's.
-- secret: one for the whole store, wrapped by each key. It makes the digests by which a repeated candidate is known, and it is
-- what a key is held against at the start: only the right one unwraps it.
CREATE TABLE encryption_keys (
    id         INTEGER  PRIMARY KEY,
    name       TEXT     NOT NULL,
    secret     BYTEA    NOT NULL
);

-- Sealed is what begins with a byte that no text in UTF-8 holds.
CREATE OR REPLACE VIEW conversation AS
SELECT s.namespace, s.code, e.seq, e.generation,
       CASE e.kind % 2 WHEN 1 THEN 'offerer' ELSE 'answerer' END AS side,
       CASE e.kind WHEN 1 THEN 'offer' WHEN 2 THEN 'answer' WHEN 3 THEN 'candidate' WHEN 4 THEN 'candidate'
                   ELSE 'end-of-candidates' END AS type,
       CASE WHEN substr(e.payload, 1, 1) = '\xF9'::BYTEA THEN '(sealed, ' || length(e.payload) || ' bytes)'
            WHEN position('\x00'::BYTEA IN e.payload) > 0 THEN encode(e.payload, 'escape')
            ELSE convert_from(e.payload, 'UTF8') END AS payload
FROM sessions s
JOIN events e ON e.session_id = s.id;
