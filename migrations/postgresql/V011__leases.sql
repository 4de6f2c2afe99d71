-- A session that an open channel keeps alive: it is closed when the channel has been gone for the time of its lease.

-- A table of its own: most sessions have no lease, and no statement on a session gets longer.
CREATE TABLE leases (
    session_id BIGINT  PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    holder     BIGINT NOT NULL, -- the channel, by a random number
    node       BIGINT NOT NULL, -- the server of the channel
    duration   BIGINT NOT NULL, -- milliseconds after the end of the channel
    ends_at    BIGINT           -- null while the channel is open
);

-- Leases that end, the first one first.
CREATE INDEX leases_by_end ON leases (ends_at) WHERE ends_at IS NOT NULL;

-- The leases of a channel, when it ends.
CREATE INDEX leases_by_holder ON leases (holder);

-- The leases of a server that has stopped without an end of its channels, or that was assumed to have.
CREATE INDEX leases_by_node ON leases (node, ends_at);

-- Servers whose channels have leases. A server whose counter stays the same has stopped.
CREATE TABLE lease_nodes (
    id    BIGINT PRIMARY KEY,
    beats BIGINT NOT NULL
);
