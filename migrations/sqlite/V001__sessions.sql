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
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
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

-- Append-only. The key keeps a session's events together, so a poll reads one range of one page.
-- The payload stands last: looking for a digest does not touch it.
CREATE TABLE events (
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    side       TEXT    NOT NULL CHECK (side IN ('offerer', 'answerer')),
    type       TEXT    NOT NULL CHECK (type IN ('offer', 'answer', 'candidate', 'end-of-candidates')),
    digest     BLOB,
    payload    BLOB,
    PRIMARY KEY (session_id, seq)
) WITHOUT ROWID;

-- For people who look at the store: who said what.
CREATE VIEW conversation AS
SELECT s.namespace, s.code, e.seq, e.generation, e.side, e.type, CAST(e.payload AS TEXT) AS payload
FROM sessions s
JOIN events e ON e.session_id = s.id;
