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

    /** Who may use the service, and which credentials are accepted. */
    interface Access {
        /**
         * Whether callers need a credential: {@code key} requires an API key or a JWT, {@code open} admits everyone who reaches the
         * service. Unset: no credential is needed, and only loopback addresses are served.
         */
        @WithParentName
        Optional<Mode> mode();

        /** How often API keys are reloaded, and so how long a new or revoked key takes to apply. */
        @WithDefault("2s")
        @DurationMin(millis = 100)
        @DurationMax(seconds = 60)
        Duration refresh();

        Jwt jwt();

        /** Whether callers need a credential. */
        enum Mode {
            OPEN,
            KEY
        }

        /** JSON Web Tokens of another issuer, accepted as an alternative to API keys. */
        interface Jwt {
            /**
             * The {@code iss} of accepted tokens. Requires {@code parley.access.jwt.public-key}. Unset: only API keys are accepted.
             */
            Optional<String> issuer();

            /**
             * The key that verifies tokens, in PEM or as the path of a file: RSA from 2048 bits (RS256), or EC on P-256 (ES256). Requires
             * {@code parley.access.jwt.issuer}.
             */
            Optional<String> publicKey();

            /** The value that {@code aud} must contain. */
            @WithDefault("parley")
            String audience();

            /** The claim with the namespace, a string. */
            @WithDefault("namespace")
            String namespaceClaim();

            /**
             * The claim with the roles, an array or a string with spaces between them. Slashes lead into nested claims.
             */
            @WithDefault("roles")
            String rolesClaim();
        }
    }

    Ice ice();

    Encryption encryption();

    Log log();

    Traces traces();

    /** Where sessions are stored. */
    interface Store {
        /**
         * The engine and its location: the path of an SQLite file, with or without {@code sqlite:} before it and relative to the working
         * directory, or {@code postgresql://user:password@host:port/database}, with commas between several hosts.
         */
        @WithDefault("sqlite:data/parley.db")
        String url();

        /**
         * PostgreSQL: the name of the primary in replies, {@code name@region}. Unset: {@code primary} and the region of this node.
         */
        Optional<String> primary();

        /**
         * PostgreSQL: {@code name@region=postgresql://…} for each replica, one host each, with commas between them. Unset: no replicas.
         */
        Optional<String> replicas();

        /**
         * PostgreSQL: the file in which this node keeps the newest timeline of the cluster that it has seen, relative to the working
         * directory. With it, a restarted node refuses a former primary even if no other server can be reached. An empty value disables it.
         */
        @WithDefault("data/timelines.properties")
        Optional<String> timelinesFile();

        /** PostgreSQL: maximum connections to each server for reads and writes. */
        @WithDefault("16")
        @Min(1)
        @Max(1000)
        int connections();

        /** PostgreSQL: maximum time of a statement; beyond it the request gets 503. */
        @WithDefault("5s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 5)
        Duration statementTimeout();

        /**
         * PostgreSQL: how long a read with a bookmark waits for a replica to reach it before it goes to the primary. The same limit applies
         * to waiting at the primary for a commit that a replica has already shown.
         */
        @WithDefault("250ms")
        @DurationMin(millis = 0)
        @DurationMax(seconds = 10)
        Duration bookmarkWait();

        /** PostgreSQL: how often each server is probed. */
        @WithDefault("100ms")
        @DurationMin(millis = 10)
        @DurationMax(seconds = 60)
        Duration probeInterval();

        /**
         * PostgreSQL: a server whose health probe is unanswered for this long, and for four round trips, is taken out of service until it
         * answers.
         */
        @WithDefault("600ms")
        @DurationMin(millis = 60)
        @DurationMax(seconds = 60)
        Duration silenceMax();

        /** PostgreSQL: a replica that lags by more than this serves no reads. */
        @WithDefault("5s")
        @DurationMin(millis = 10)
        @DurationMax(hours = 1)
        Duration lagMax();

        /** Maximum requests that wait for a server (SQLite: writes that wait for the writer); further ones get 503. */
        @WithDefault("4096")
        @Min(1)
        @Max(1000000)
        int queue();

        /** SQLite: maximum writes that share one commit. */
        @WithDefault("256")
        @Min(1)
        @Max(10000)
        int batch();

        /** SQLite: how long a write waits for a lock that another process holds; beyond it the request gets 503. */
        @WithDefault("2s")
        @DurationMin(millis = 1)
        @DurationMax(seconds = 60)
        Duration busyTimeout();

        /**
         * SQLite: maximum size of the file without its log, at least {@code 1M}. New sessions are refused with 507 from fifteen sixteenths
         * of it on. Unset: limited by the disk only.
         */
        Optional<MemorySize> sizeMax();

        /** Threads for lists and searches. */
        @WithDefault("2")
        @Min(1)
        @Max(64)
        int scanThreads();

        /** Maximum lists and searches that wait for a thread; further ones get 503. */
        @WithDefault("256")
        @Min(1)
        @Max(100000)
        int scanQueue();
    }

    /** How this node is named. */
    interface NodeIdentity {
        /** SQLite: the name of the database in the reply header {@code x-served-by}. */
        @WithDefault("local")
        String name();

        /**
         * The region of this node. Replicas of the same region are preferred. It is also the region of an SQLite store and of a primary
         * without a name.
         */
        @WithDefault("local")
        String region();
    }

    /** How long sessions live. */
    interface Session {
        /** Time to live of a session whose creator requests none, between {@code ttl-min} and {@code ttl-max}. */
        @WithDefault("300s")
        Duration ttl();

        /** Shortest time to live that a client may request. */
        @WithDefault("10s")
        @DurationMin(seconds = 1)
        Duration ttlMin();

        /** Longest time to live that a client may request. */
        @WithDefault("24h")
        Duration ttlMax();
    }

    /** Maximum sizes, numbers and rates. */
    interface Limits {
        /** Maximum size of a request body in bytes; beyond it 413. */
        @WithDefault("262144")
        @Min(1024)
        @Max(8388608)
        int body();

        /** Maximum size of an offer or an answer in bytes of UTF-8. */
        @WithDefault("65536")
        @Min(1)
        @Max(8388608)
        int description();

        /** Maximum size of a candidate in bytes of its JSON text. */
        @WithDefault("4096")
        @Min(1)
        @Max(1048576)
        int candidate();

        /** Maximum candidates in one request. */
        @WithDefault("64")
        @Min(1)
        @Max(10000)
        int candidatesPerRequest();

        /** Maximum candidates of one side in one generation. */
        @WithDefault("256")
        @Min(1)
        @Max(100000)
        int candidatesPerSide();

        /** Maximum length of a topic in characters (Unicode code points). */
        @WithDefault("1024")
        @Min(1)
        @Max(10000)
        int topic();

        /** Maximum length of a peer id in characters (Unicode code points). */
        @WithDefault("1024")
        @Min(1)
        @Max(10000)
        int peerId();

        /** Maximum length of a code in characters. */
        @WithDefault("128")
        @Min(1)
        @Max(1000)
        int code();

        /** Maximum tags of a session. */
        @WithDefault("16")
        @Min(0)
        @Max(1000)
        int tags();

        /** Maximum length of a tag in characters (Unicode code points). */
        @WithDefault("64")
        @Min(1)
        @Max(1000)
        int tag();

        /** Maximum nesting of JSON. */
        @WithDefault("16")
        @Min(1)
        @Max(1000)
        int jsonDepth();

        /** Maximum items in one page of a list. */
        @WithDefault("1000")
        @Min(1)
        @Max(10000)
        int page();

        /** Maximum concurrent connections; further ones are closed immediately. */
        @WithDefault("20000")
        @Min(1)
        @Max(1000000)
        int connections();

        /** Maximum time from the first byte of a request to its last; beyond it 408. */
        @WithDefault("20s")
        @DurationMin(seconds = 1)
        @DurationMax(minutes = 10)
        Duration arrival();

        /** Maximum live sessions in one namespace; beyond it 507. Unset: no limit. */
        Optional<@Min(1) @Max(1000000000) Integer> sessionsPerNamespace();

        /**
         * Approximate maximum size of the live sessions of one namespace, such as {@code 100M}; beyond it 507. Unset: no limit.
         */
        Optional<MemorySize> bytesPerNamespace();

        /** Requests per minute allowed from one client address; beyond it 429. Unset: no limit. */
        Optional<@Min(1) @Max(1000000000) Integer> requestsPerAddress();

        /**
         * Requests per minute allowed with one API key, or with the JWTs of one {@code sub}, from all addresses together; beyond it 429.
         * Unset: no limit.
         */
        Optional<@Min(1) @Max(1000000000) Integer> requestsPerKey();

        /**
         * Failed code lookups allowed per client address per minute; beyond it, codes that are new to the address get 429. 0 disables the
         * limit.
         */
        @WithDefault("10")
        @Min(0)
        @Max(1000000)
        int missesPerAddress();

        /**
         * Proxies whose {@code Forwarded} or {@code X-Forwarded-For}, {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} are used:
         * addresses, or networks such as {@code 10.0.0.0/8}, comma-separated. Unset: none.
         */
        Optional<@Size(max = 64) List<String>> trustedProxies();
    }

    /** Deletion of expired sessions. Expired sessions are invisible even before they are deleted. */
    interface Expiry {
        /**
         * When expired sessions are deleted: an interval such as {@code 10s}, at least 1 s; a cron expression with six fields, seconds
         * first; or {@code off}.
         */
        @WithDefault("10s")
        String schedule();

        /** Sessions deleted per transaction. */
        @WithDefault("100")
        @Min(1)
        @Max(500)
        int batch();
    }

    /** Requests that wait for events. */
    interface Waiting {
        /** Longest wait that is granted; a client that asks for more gets this. */
        @WithDefault("30s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 30)
        Duration max();

        /** Maximum silence of an event stream; then a comment is sent to keep the connection open. */
        @WithDefault("15s")
        @DurationMin(seconds = 1)
        @DurationMax(seconds = 60)
        Duration keepAlive();

        /**
         * How often a waiting request checks the store without a notification, in case one was lost. Unset: 5s on PostgreSQL and 60s on
         * SQLite, where none can be lost.
         */
        Optional<@DurationMin(millis = 100) @DurationMax(seconds = 60) Duration> recheck();

        /** Maximum requests that wait for one session; further ones get 429. */
        @WithDefault("32")
        @Min(1)
        @Max(100000)
        int perSession();

        /** Maximum requests that wait from one client address; further ones get 429. */
        @WithDefault("1000")
        @Min(1)
        @Max(1000000)
        int perClient();

        /** Maximum requests that wait; further ones get 503. */
        @WithDefault("10000")
        @Min(1)
        @Max(1000000)
        int total();
    }

    /** How the service is reached. */
    interface Http {
        /**
         * The URL under which browsers reach the service, such as {@code https://parley.example.org}, without a path. Its origin is the
         * namespace of the service's own pages, which may call regardless of {@code parley.cors.origins}. Unset: the scheme and the host of
         * each request, as trusted proxies forwarded them.
         */
        Optional<String> publicUrl();

        /**
         * How long requests are served after the signal to stop, while health checks fail. Requests that run at the end of it have as long
         * again to complete. Unset: the service stops at once.
         */
        Optional<@DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration> drain();
    }

    /** Which web pages may call. */
    interface Cors {
        /**
         * Origins whose pages may call, comma-separated; {@code /…/} is a regular expression, {@code *} allows all. Cookies are never used.
         */
        @WithDefault("*")
        String origins();
    }

    /** The compatible API at the root. */
    interface Rondevu {
        /** Whether the compatible API is served. */
        @WithDefault("true")
        boolean enabled();
    }

    /** STUN and TURN servers that {@code GET /api/v1/ice-servers} returns. */
    interface Ice {
        /** URIs of STUN servers, comma-separated: {@code stun:host:port} or {@code stuns:…} (RFC 7064). Unset: none. */
        Optional<@Size(max = 16) List<String>> stun();

        /**
         * URIs of TURN servers, comma-separated: {@code turn:host:port?transport=udp} or {@code turns:…} (RFC 7065). Unset: none.
         */
        Optional<@Size(max = 16) List<String>> turn();

        /**
         * The secret shared with the TURN servers, coturn's {@code static-auth-secret}. It is never logged. Required with {@code
         * parley.ice.turn}.
         */
        Optional<@Size(min = 16, max = 256) String> turnSecret();

        /** Lifetime of a TURN credential, in whole seconds. */
        @WithDefault("1h")
        @DurationMin(minutes = 1)
        @DurationMax(hours = 24)
        Duration turnTtl();
    }

    /** What is logged on standard error. */
    interface Log {
        /** Lines of text, or one JSON object per line. */
        @WithDefault("text")
        Format format();

        /** The format of the log. */
        enum Format {
            TEXT,
            JSON
        }

        /** Whether each request is logged: client address, method, pattern of the path, status, size and time. */
        @WithDefault("false")
        boolean access();

        /**
         * Statements and commits that take at least this long are logged, the round trip to PostgreSQL not included; 1 ms to 1 h, or {@code
         * off}.
         */
        @WithDefault("100ms")
        String slow();
    }

    /** Traces of requests (OpenTelemetry). */
    interface Traces {
        /**
         * Where spans are sent by OTLP over HTTP, such as {@code http://127.0.0.1:4318/v1/traces}. Unset: no traces.
         */
        Optional<URI> endpoint();

        /** Fraction of traces that are sent. */
        @WithDefault("1")
        @DecimalMin("0")
        @DecimalMax("1")
        double ratio();
    }

    /** Encryption of offers, answers and candidates on disk. */
    interface Encryption {
        /**
         * Encryption keys, {@code name=key}, comma-separated, each key 32 bytes in base64. The first one encrypts, all decrypt. They are
         * never logged. Unset: payloads are stored in clear unless {@code parley.encryption.keys-file} is set.
         */
        Optional<@Size(min = 1, max = 16) List<String>> keys();

        /**
         * A file with the encryption keys instead, one per line. Only its owner and its group may have access. Unset: none.
         */
        Optional<String> keysFile();
    }
}
