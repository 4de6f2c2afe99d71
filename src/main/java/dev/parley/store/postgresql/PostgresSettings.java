package dev.parley.store.postgresql;

import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.SlowLog;
import dev.parley.store.StoreUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of the engine.
 *
 * @param url one or more hosts that may be the primary
 * @param primary how replies name the primary; if one of {@code replicas} is promoted, with that one's region
 * @param timelinesFile where the newest timeline is kept; without it a restarted node knows only timelines that servers show
 * @param serving whether this is a server, or a command, which migrates nothing, writes no file, records nothing and logs nothing
 * @param region of this process; its replicas are preferred
 * @param threads concurrent calls per node, each with a connection
 * @param queueMax waiting calls per node
 * @param statementTimeout after which the server cancels a statement; a second later the connection counts as broken
 * @param bookmarkWait how long a read waits for a replica to reach its bookmark, and for the primary to show it
 * @param silenceMax a node whose probe is unanswered for longer is out of service
 * @param lagMax a replica that is further behind is out of service
 * @param slow receives the duration of every statement
 */
public record PostgresSettings(
        StoreUrl.Postgres url,
        Node primary,
        List<ReplicaUrl> replicas,
        Optional<Path> timelinesFile,
        boolean serving,
        String region,
        int threads,
        int queueMax,
        Duration statementTimeout,
        Duration bookmarkWait,
        Duration silenceMax,
        Duration lagMax,
        SlowLog slow) {
    /** Connections to the primary for lists and searches, the probe, notifications that are sent and received, and migrations. */
    private static final int OTHER_CONNECTIONS = 7;

    /** How many connections a server opens to the primary at most. */
    public int connectionsMax() {
        return threads + OTHER_CONNECTIONS;
    }
}
