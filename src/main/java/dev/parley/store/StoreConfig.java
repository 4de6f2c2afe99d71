package dev.parley.store;

import dev.parley.config.DurationOrOff;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Where sessions are stored, and the limits of the store. */
@ConfigMapping(prefix = "parley")
public interface StoreConfig {
    /**
     * The engine and its location: the path of an SQLite file, with or without {@code sqlite:} before it and relative to the working
     * directory, or {@code postgresql://user:password@host:port/database}, with commas between several hosts.
     */
    @WithName("store.url")
    @WithDefault("sqlite:data/parley.db")
    String url();

    /**
     * PostgreSQL: the name of the primary in replies, {@code name@region}. Unset: {@code primary} and the region of this node.
     */
    @WithName("store.primary")
    Optional<String> primary();

    /**
     * PostgreSQL: {@code name@region=postgresql://…} for each replica, one host each, with commas between them. Unset: no replicas.
     */
    @WithName("store.replicas")
    Optional<String> replicas();

    /**
     * PostgreSQL: the file in which this node keeps the newest timeline of the cluster that it has seen, relative to the working
     * directory. With it, a restarted node refuses a former primary even if no other server can be reached. An empty value disables it.
     */
    @WithName("store.timelines-file")
    @WithDefault("data/timelines.properties")
    Optional<String> timelinesFile();

    /** PostgreSQL: maximum connections to each server for reads and writes. */
    @WithName("store.connections")
    @WithDefault("16")
    @Min(1)
    @Max(1000)
    int connections();

    /** PostgreSQL: maximum time of a statement; beyond it the request gets 503. */
    @WithName("store.statement-timeout")
    @WithDefault("5s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 5)
    Duration statementTimeout();

    /**
     * PostgreSQL: how long a read with a bookmark waits for a replica to reach it before it goes to the primary. The same limit applies
     * to waiting at the primary for a commit that a replica has already shown.
     */
    @WithName("store.bookmark-wait")
    @WithDefault("250ms")
    @DurationMin(millis = 0)
    @DurationMax(seconds = 10)
    Duration bookmarkWait();

    /**
     * PostgreSQL: a server whose health probe is unanswered for this long, and for four round trips, is taken out of service until it
     * answers.
     */
    @WithName("store.silence-max")
    @WithDefault("600ms")
    @DurationMin(millis = 60)
    @DurationMax(seconds = 60)
    Duration silenceMax();

    /** PostgreSQL: a replica that lags by more than this serves no reads. */
    @WithName("store.lag-max")
    @WithDefault("5s")
    @DurationMin(millis = 10)
    @DurationMax(hours = 1)
    Duration lagMax();

    /** SQLite: how long a write waits for a lock that another process holds; beyond it the request gets 503. */
    @WithName("store.busy-timeout")
    @WithDefault("2s")
    @DurationMin(millis = 1)
    @DurationMax(seconds = 60)
    Duration busyTimeout();

    /**
     * SQLite: maximum size of the file without its log, at least {@code 1M}. New sessions are refused with 507 from fifteen sixteenths
     * of it on. Unset: limited by the disk only.
     */
    @WithName("store.size-max")
    Optional<MemorySize> sizeMax();

    /** SQLite: the name of the database in the reply header {@code x-served-by}. */
    @WithName("node.name")
    @WithDefault("local")
    String nodeName();

    /**
     * The region of this node. Replicas of the same region are preferred. It is also the region of an SQLite store and of a primary
     * without a name.
     */
    @WithName("node.region")
    @WithDefault("local")
    String nodeRegion();

    /**
     * Statements and commits that take at least this long are logged, the round trip to PostgreSQL not included; 1 ms to 1 h, or {@code off}.
     */
    @WithName("log.slow")
    @WithDefault("100ms")
    Optional<@WithConverter(DurationOrOff.class) @DurationMin(millis = 1) @DurationMax(hours = 1) Duration>
            slowThreshold();
}
