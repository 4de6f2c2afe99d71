-- The tables of a signaling store, so that two peers can meet and nothing either of them said is lost or overwritten.

-- One row, what a bookmark is made of: which history this file tells, how many commits it holds, and the key that seals
-- bookmarks. A restored file starts a new history.
CREATE TABLE history (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    id       TEXT    NOT NULL,
    secret   BLOB    NOT NULL,
    position INTEGER NOT NULL
);

-- Narrow on purpose: each event raises seq here, so what never changes (offers, answers, candidates) lives in events.
-- The id grows with time, and so neighbours in time are neighbours in the file.
CREATE TABLE sessions (
    id                INTEGER PRIMARY KEY,
    namespace         TEXT    NOT NULL,
    code              TEXT    NOT NULL,
    topic             TEXT,
    peer_id           TEXT,
    tags              TEXT    NOT NULL,
    generation        INTEGER NOT NULL,
    seq               INTEGER NOT NULL,
    answered          INTEGER NOT NULL CHECK (answered IN (0, 1)),
    offer_candidates  INTEGER NOT NULL,
    answer_candidates INTEGER NOT NULL,
    offerer_token     BLOB,
    answerer_token    BLOB,
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL
);

-- Every call that knows a code finds its session by this one.
CREATE UNIQUE INDEX sessions_by_code ON sessions (namespace, code);

-- Discovery: the unanswered sessions of a topic, and the topics with their counts, without touching the table.
CREATE INDEX sessions_by_topic ON sessions (namespace, topic, id, expires_at) WHERE answered = 0 AND topic IS NOT NULL;

-- Discovery over all topics, newest first.
CREATE INDEX sessions_open ON sessions (namespace, id) WHERE answered = 0 AND topic IS NOT NULL;

-- The sweeper: what has expired, oldest first.
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Append-only, in commit order: what is written together stands together, and a commit touches few pages.
-- kind: 1 offer, 2 answer, 3 and 4 a candidate of the offerer and of the answerer, 5 and 6 the end of their candidates.
CREATE TABLE events (
    id         INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    kind       INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 6),
    digest     BLOB,
    payload    BLOB
);

-- A session's events in their order; it also holds what tells a repeated candidate without touching the table.
CREATE INDEX events_by_session ON events (session_id, seq, generation, kind, digest);

-- For people who look at the store: who said what.
CREATE VIEW conversation AS
SELECT s.namespace, s.code, e.seq, e.generation,
       CASE e.kind % 2 WHEN 1 THEN 'offerer' ELSE 'answerer' END AS side,
       CASE e.kind WHEN 1 THEN 'offer' WHEN 2 THEN 'answer' WHEN 3 THEN 'candidate' WHEN 4 THEN 'candidate'
                   ELSE 'end-of-candidates' END AS type,
       CAST(e.payload AS TEXT) AS payload
FROM sessions s
JOIN events e ON e.session_id = s.id;
