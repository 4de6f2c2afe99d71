package dev.parley.store.postgresql;

import dev.parley.store.ReplicaUrl;
import dev.parley.store.SlowLog;
import java.time.Duration;
import java.util.List;

/**
 * The settings of the engine.
 *
 * @param locator finds the primary
 * @param serving whether this is a server, which migrates an older store, or a command
 * @param region of this process; its replicas are preferred
 * @param threads concurrent calls per node, each with a connection
 * @param scanThreads the same for queries over many rows
 * @param queueMax waiting calls per node
 * @param bookmarkWait how long a read waits for a replica to reach its bookmark, and for the primary to show it
 * @param silenceMax a node whose probe is unanswered for longer is out of service
 * @param lagMax a replica that is further behind is out of service
 * @param slow receives the duration of every statement
 */
public record PostgresSettings(
        PrimaryLocator locator,
        boolean serving,
        List<ReplicaUrl> replicas,
        String region,
        int threads,
        int scanThreads,
        int queueMax,
        int scanQueueMax,
        Duration statementTimeout,
        Duration bookmarkWait,
        Duration probeInterval,
        Duration silenceMax,
        Duration lagMax,
        SlowLog slow) {}
