-- The timelines of PostgreSQL that were seen, so that a node never writes to an old primary that was started again after a failover:
-- a row with a higher timeline than the server's own shows that another server was promoted since.

-- system: the identifier of the cluster, because a dump can be restored into another one, whose timelines count from 1.
CREATE TABLE cluster_timelines (
    system   BIGINT NOT NULL,
    timeline BIGINT NOT NULL,
    PRIMARY KEY (system, timeline)
);
