package dev.parley.ops;

import io.quarkus.runtime.annotations.StaticInitSafe;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Every setting, in one tree; each can be given as an environment variable, {@code PARLEY_STORE_URL} for the first. */
@StaticInitSafe
@ConfigMapping(prefix = "parley")
public interface ParleyConfig {
    Store store();

    NodeIdentity node();

    Session session();

    Limits limits();

    Expiry expiry();

    Waiting waiting();

    Http http();

    Cors cors();

    Rondevu rondevu();

    Access access();

    /** Who may use the service, and what they show for it. */
    interface Access {
        /**
         * {@code parley.access}: {@code open} lets everybody in who reaches the service; {@code key} asks for a key or a token. Without
         * it the service is open, and listens on a loopback address only.
         */
        @WithParentName
        Optional<Mode> mode();

        /** How soon a key that was made or revoked is known to be, 100 ms to 60 s. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 60)
        Duration refresh();

        Jwt jwt();

        /** Whether callers are asked for anything. */
        enum Mode {
            OPEN,
            KEY
        }

        /** Signed tokens of somebody else, as an alternative to keys. */
        interface Jwt {
            /** Who issues them, as their {@code iss} says. With it {@code public-key} must be set. */
            Optional<String> issuer();

            /** What verifies them, in PEM, or the path of a file that holds it: RSA (RS256), or EC on P-256 (ES256). */
            Optional<String> publicKey();

            /** What their {@code aud} must name. */
            @WithDefault("parley")
            String audience();

            /** The claim with the namespace. */
            @WithDefault("namespace")
            String namespaceClaim();

            /** The claim with the roles, an array or a text with spaces between them; with slashes where it lies within others. */
            @WithDefault("roles")
            String rolesClaim();
        }
    }

    Ice ice();

    Encryption encryption();

    Log log();

    Traces traces();

    /** Where sessions are kept. */
    interface Store {
        /**
         * Which engine and where: the path of an SQLite file, with or without {@code sqlite:} before it and relative to the working
         * directory, or {@code postgresql://user:password@host:port/database}, several hosts with commas between them.
         */
        @WithDefault("sqlite:data/parley.db")
        String url();

        /** PostgreSQL: how replies name the primary, {@code name@region}. */
        Optional<String> primary();

        /** PostgreSQL: {@code name@region=postgresql://…} for each replica, with commas between them. */
        Optional<String> replicas();

        /**
         * PostgreSQL: the file in which this node keeps the newest timeline that it has seen of the cluster, relative to the working
         * directory. After a restart it refuses an old primary even if that is the only server that it can reach. Empty for no file.
         */
        @WithDefault("data/timelines.properties")
        Optional<String> timelinesFile();

        /** PostgreSQL: connections to each node for reads and writes, 1 to 1,000. */
        @WithDefault("16")
        @Min(1)
        @Max(1000)
        int connections();

        /** PostgreSQL: how long a statement may take, 1 s to 5 min; beyond it 503. */
        @WithDefault("5s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 5)
        Duration statementTimeout();

        /**
         * PostgreSQL: how long a read with a bookmark waits for a replica before it takes the primary, and there for what a replica
         * has shown already, 0 to 10 s.
         */
        @WithDefault("250ms")
        @DurationMin(millis = 0)
        @DurationMax(seconds = 10)
        Duration bookmarkWait();

        /** PostgreSQL: how often each node is looked at, 10 ms to 60 s. */
        @WithDefault("100ms")
        @DurationMin(millis = 10)
        @DurationMax(seconds = 60)
        Duration probeInterval();

        /**
         * PostgreSQL: a node whose answer to such a look takes longer than this, and longer than four round trips to it, serves nothing
         * until it answers, 60 ms to 60 s.
         */
        @WithDefault("600ms")
        @DurationMin(millis = 60)
        @DurationMax(seconds = 60)
        Duration silenceMax();

        /** PostgreSQL: a replica that is further behind serves no reads, 10 ms to 1 h. */
        @WithDefault("5s")
        @DurationMin(millis = 10)
        @DurationMax(hours = 1)
        Duration lagMax();

        /** How many calls may wait for a node (on SQLite, writes for the writer), 1 to 1,000,000; beyond it 503. */
        @WithDefault("4096")
        @Min(1)
        @Max(1000000)
        int queue();

        /** How many writes share one commit at most, 1 to 10,000. */
        @WithDefault("256")
        @Min(1)
        @Max(10000)
        int batch();

        /** How long a write waits for a lock that another process holds, 1 ms to 60 s; beyond it 503. */
        @WithDefault("2s")
        @DurationMin(millis = 1)
        @DurationMax(seconds = 60)
        Duration busyTimeout();

        /**
         * SQLite: how large the file may become, its log aside, from 1M; as large as the disk allows where it is not set. New sessions
         * are refused with 507 from fifteen sixteenths of it on.
         */
        Optional<MemorySize> sizeMax();

        /**
         * SQLite: how much memory may hold what the newest live sessions have said, so that polls need not look into the file, 0 to
         * 16G. What another program writes into the file is seen with the next write, the sweep's at the latest.
         */
        @WithDefault("32M")
        MemorySize memory();

        /** Threads for lists and searches, 1 to 64. */
        @WithDefault("2")
        @Min(1)
        @Max(64)
        int scanThreads();

        /** How many lists and searches may wait for such a thread, 1 to 100,000; beyond it 503. */
        @WithDefault("256")
        @Min(1)
        @Max(100000)
        int scanQueue();
    }

    /** Where this service stands. */
    interface NodeIdentity {
        /** SQLite: the name in {@code x-served-by}. */
        @WithDefault("local")
        String name();

        /** The region; replicas there are preferred, and an SQLite store or an unnamed primary stands there too. */
        @WithDefault("local")
        String region();
    }

    /** How long sessions live. */
    interface Session {
        /** The time to live where a client asks for none. */
        @WithDefault("300s")
        Duration ttl();

        /** The shortest time to live that is granted, at least 1 s. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        Duration ttlMin();

        /** The longest time to live that is granted. */
        @WithDefault("24h")
        Duration ttlMax();
    }

    /** How large things may be. */
    interface Limits {
        /** A request body, in bytes; beyond it 413. */
        @WithDefault("262144")
        @Min(1024)
        @Max(8388608)
        int body();

        /** An offer or an answer, in bytes of UTF-8. */
        @WithDefault("65536")
        @Min(1)
        @Max(8388608)
        int description();

        /** One candidate, in bytes of its JSON text. */
        @WithDefault("4096")
        @Min(1)
        @Max(1048576)
        int candidate();

        /** Candidates in one request. */
        @WithDefault("64")
        @Min(1)
        @Max(10000)
        int candidatesPerRequest();

        /** Candidates of one side in one generation. */
        @WithDefault("256")
        @Min(1)
        @Max(100000)
        int candidatesPerSide();

        /** A topic, in characters (Unicode code points). */
        @WithDefault("1024")
        @Min(1)
        @Max(10000)
        int topic();

        /** A peer id, in characters. */
        @WithDefault("1024")
        @Min(1)
        @Max(10000)
        int peerId();

        /** A code, in characters. */
        @WithDefault("128")
        @Min(1)
        @Max(1000)
        int code();

        /** Tags of one session. */
        @WithDefault("16")
        @Min(0)
        @Max(1000)
        int tags();

        /** One tag, in characters. */
        @WithDefault("64")
        @Min(1)
        @Max(1000)
        int tag();

        /** How deep JSON may be nested. */
        @WithDefault("16")
        @Min(1)
        @Max(1000)
        int jsonDepth();

        /** Items of one page of a list. */
        @WithDefault("1000")
        @Min(1)
        @Max(10000)
        int page();

        /** Connections at once, 1 to 1,000,000; what comes beyond them is closed unheard. */
        @WithDefault("20000")
        @Min(1)
        @Max(1000000)
        int connections();

        /** How long a request may take to arrive, from its first byte to its last, 1 s to 10 min; beyond it 408. */
        @WithDefault("20s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration arrival();

        /** Sessions that may live in one namespace at once, 1 to 1,000,000,000; beyond it 507. Unset: any number. */
        Optional<@Min(1) @Max(1000000000) Integer> sessionsPerNamespace();

        /** What the live sessions of one namespace may take, about, such as {@code 100M}; beyond it 507. Unset: anything. */
        Optional<MemorySize> bytesPerNamespace();

        /** Requests a minute from one network address, 1 to 1,000,000,000; beyond it 429. Unset: any number. */
        Optional<@Min(1) @Max(1000000000) Integer> requestsPerAddress();

        /**
         * Requests a minute with one key, or with the tokens of one subject, from wherever they come, 1 to 1,000,000,000; beyond it
         * 429. Unset: any number.
         */
        Optional<@Min(1) @Max(1000000000) Integer> requestsPerKey();

        /**
         * How often a minute a network address may ask for a code that leads nowhere, 0 to 1,000,000; beyond it 429 for codes that are
         * new to it. 0: as often as it likes.
         */
        @WithDefault("10")
        @Min(0)
        @Max(1000000)
        int missesPerAddress();

        /**
         * Proxies that are trusted to say where a request comes from, in {@code Forwarded} or {@code X-Forwarded-For}, {@code -Proto} and
         * {@code -Host}: addresses, or networks as {@code 10.0.0.0/8}, comma-separated, at most 64. Unset: none.
         */
        Optional<@Size(max = 64) List<String>> trustedProxies();
    }

    /** The sweeper that deletes expired sessions. */
    interface Expiry {
        /**
         * When it runs: an interval such as {@code 10s}, from 1 s; a cron expression (six fields, seconds first); or
         * {@code off}.
         */
        @WithDefault("10s")
        String schedule();

        /** How many sessions it deletes in one transaction, 1 to 500. */
        @WithDefault("100")
        @Min(1)
        @Max(500)
        int batch();
    }

    /** Requests that wait for news. */
    interface Waiting {
        /** The longest wait that is granted, 1 s to 30 s; a client that asks for more gets this. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 30)
        Duration max();

        /** How long an event stream may be silent, 1 s to 60 s; then it sends a comment to keep the connection. */
        @WithDefault("15s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 60)
        Duration keepAlive();

        /**
         * How often a waiting request looks without having been woken, 100 ms to 60 s, in case a notice was lost; by default each 5 s
         * on PostgreSQL and each 60 s on SQLite, where none can be.
         */
        Optional<@DurationMin(millis = 100) @DurationMax(seconds = 60) Duration> recheck();

        /** How many may wait for one session, 1 to 100,000; beyond it 429. */
        @WithDefault("32")
        @Min(1)
        @Max(100000)
        int perSession();

        /** How many may wait from one network address, 1 to 1,000,000; beyond it 429. */
        @WithDefault("1000")
        @Min(1)
        @Max(1000000)
        int perClient();

        /** How many may wait in all, 1 to 1,000,000; beyond it 503. */
        @WithDefault("10000")
        @Min(1)
        @Max(1000000)
        int total();
    }

    /** How the service is reached. */
    interface Http {
        /**
         * The URL under which browsers reach the service, such as {@code https://parley.example.org}, without a path. Its origin is the
         * namespace of the service's own pages, and these may call whatever {@code parley.cors.origins} lists. Unset: the scheme and
         * the host of each request, as trusted proxies forwarded them.
         */
        Optional<String> publicUrl();

        /**
         * How long requests are served after the signal to stop, while health checks fail, 1 s to 5 min. Requests that run at the end
         * of it have as long again to complete. Unset: the service stops at once.
         */
        Optional<@DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration> drain();
    }

    /** Which web pages may call. */
    interface Cors {
        /** Origins, comma-separated, {@code /…/} for a regular expression, {@code *} for all. Never with credentials. */
        @WithDefault("*")
        String origins();
    }

    /** The compatible API at the root. */
    interface Rondevu {
        /** Whether it is there. */
        @WithDefault("true")
        boolean enabled();
    }

    /** STUN and TURN servers that peers are told of. */
    interface Ice {
        /** STUN servers, comma-separated, at most 16 URIs as RFC 7064 has them: {@code stun:host:port}. */
        Optional<@Size(max = 16) List<String>> stun();

        /** TURN servers, comma-separated, at most 16 URIs as RFC 7065 has them: {@code turn:host:port?transport=udp}. */
        Optional<@Size(max = 16) List<String>> turn();

        /**
         * What Parley and the TURN servers both know (coturn's {@code static-auth-secret}), 16 to 256 characters: who holds a
         * credential can try shorter ones out.
         */
        Optional<@Size(min = 16, max = 256) String> turnSecret();

        /** How long a credential is good, 1 min to 24 h, in whole seconds. */
        @WithDefault("1h")
        @DurationMin(minutes = 1)
        @DurationMax(hours = 24)
        Duration turnTtl();
    }

    /** What is told of the running service. */
    interface Log {
        /** Whether the log is lines to read, or a JSON object a line. */
        @WithDefault("text")
        Format format();

        /** How the log is written. */
        enum Format {
            TEXT,
            JSON
        }

        /** Whether every call is logged: by whom, which, with which status, and how long it took. */
        @WithDefault("false")
        boolean access();

        /**
         * From when on a statement of the store or a commit is logged as slow, the round trip to PostgreSQL aside, 1 ms to 1 h; {@code
         * off} for never.
         */
        @WithDefault("100ms")
        String slow();
    }

    /** Traces of calls, in OpenTelemetry's terms. */
    interface Traces {
        /** Where spans are sent by OTLP over HTTP, such as {@code http://127.0.0.1:4318/v1/traces}; there are none without it. */
        Optional<URI> endpoint();

        /** Of how many traces spans are sent, 0 to 1. */
        @WithDefault("1")
        @DecimalMin("0")
        @DecimalMax("1")
        double ratio();
    }

    /** What peers say, sealed on the disk. */
    interface Encryption {
        /**
         * The keys, {@code name=key} with commas between them, each key 32 bytes in base64. The first one seals, all open; without
         * any, what peers say is kept in clear.
         */
        Optional<@Size(min = 1, max = 16) List<String>> keys();

        /** A file with the keys instead, one a line, which nobody else may read. */
        Optional<String> keysFile();
    }
}
