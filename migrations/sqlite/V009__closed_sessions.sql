-- The last event of a closed session is kept for a short time, so that clients that wait for the session receive it on every node.

-- A table of its own: the code is free again at once, and nothing else of the session remains. incarnation names the session.
CREATE TABLE closed_sessions (
    namespace   TEXT    NOT NULL,
    code        TEXT    NOT NULL,
    incarnation INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    generation  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (namespace, code, incarnation)
) WITHOUT ROWID;

-- The sweeper.
CREATE INDEX closed_sessions_by_expiry ON closed_sessions (expires_at);
