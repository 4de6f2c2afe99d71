-- The last event of a closed session is kept for a short time, so that clients that wait for the session receive it on every node.

-- A table of its own: the code is free again at once, and nothing else of the session remains. incarnation names the session.
CREATE TABLE closed_sessions (
    namespace   TEXT COLLATE "C" NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    incarnation BIGINT  NOT NULL,
    seq         BIGINT  NOT NULL,
    generation  INTEGER NOT NULL,
    expires_at  BIGINT  NOT NULL,
    PRIMARY KEY (namespace, code, incarnation)
);

-- The sweeper.
CREATE INDEX closed_sessions_by_expiry ON closed_sessions (expires_at);
