-- The tables of a signaling store, so that two peers can meet and nothing either of them said is lost or overwritten.
-- The same tables as SQLite's; what differs is said where it differs. Texts are ordered by code point, COLLATE "C", as SQLite
-- orders them, so that lists and cursors are the same on both engines whatever the database's locale.

-- One row: the key that seals bookmarks. What they say, system, timeline and position, is PostgreSQL's own.
CREATE TABLE history (
    single INTEGER PRIMARY KEY CHECK (single = 1),
    secret BYTEA   NOT NULL
);

-- The timelines that this history went through, each noted by the first Parley that met it. A node that shows a row has replayed
-- the beginning of that timeline, so it cannot be one that stayed behind on another branch.
-- began: the position up to which the timeline before it is part of this history; null where nobody can tell.
CREATE TABLE timelines (
    timeline BIGINT PRIMARY KEY,
    began    BIGINT
);

-- Narrow, and a fifth of each page is kept free: adding a candidate changes no indexed column, so the new version of the row
-- stays on its page and no index is touched (a HOT update).
CREATE TABLE sessions (
    id                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace         TEXT COLLATE "C" NOT NULL,
    code              TEXT COLLATE "C" NOT NULL,
    topic             TEXT COLLATE "C",
    peer_id           TEXT,
    tags              TEXT     NOT NULL,
    generation        INTEGER  NOT NULL,
    seq               BIGINT   NOT NULL,
    answered          SMALLINT NOT NULL CHECK (answered IN (0, 1)),
    offer_candidates  INTEGER  NOT NULL,
    answer_candidates INTEGER  NOT NULL,
    offerer_token     BYTEA,
    answerer_token    BYTEA,
    created_at        BIGINT   NOT NULL,
    expires_at        BIGINT   NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Every call that knows a code finds its session by this one.
CREATE UNIQUE INDEX sessions_by_code ON sessions (namespace, code);

-- Discovery: the unanswered sessions of a topic, and the topics in their order. An entry of an index has at most 2,704 bytes, and a
-- topic may be longer; so the index has its first 256 characters, and every query holds the whole topic against the row.
CREATE INDEX sessions_by_topic ON sessions (namespace, substr(topic, 1, 256), id) WHERE answered = 0 AND topic IS NOT NULL;

-- Discovery over all topics, newest first.
CREATE INDEX sessions_open ON sessions (namespace, id) WHERE answered = 0 AND topic IS NOT NULL;

-- The sweeper: what has expired, oldest first.
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Append-only. The key finds a session's events as one range.
-- kind: 1 offer, 2 answer, 3 and 4 a candidate of the offerer and of the answerer, 5 and 6 the end of their candidates.
CREATE TABLE events (
    session_id BIGINT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq        BIGINT   NOT NULL,
    generation INTEGER  NOT NULL,
    kind       SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 6),
    digest     BYTEA,
    payload    BYTEA,
    PRIMARY KEY (session_id, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- For people who look at the store: who said what. A text of PostgreSQL's holds no U+0000; what does is shown escaped.
CREATE VIEW conversation AS
SELECT s.namespace, s.code, e.seq, e.generation,
       CASE e.kind % 2 WHEN 1 THEN 'offerer' ELSE 'answerer' END AS side,
       CASE e.kind WHEN 1 THEN 'offer' WHEN 2 THEN 'answer' WHEN 3 THEN 'candidate' WHEN 4 THEN 'candidate'
                   ELSE 'end-of-candidates' END AS type,
       CASE WHEN position('\x00'::BYTEA IN e.payload) > 0 THEN encode(e.payload, 'escape')
            ELSE convert_from(e.payload, 'UTF8') END AS payload
FROM sessions s
JOIN events e ON e.session_id = s.id;
