package dev.parley.store;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.parley.config.InvalidConfiguration;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The location of a store, from {@code parley.store.url} or {@code parley.store.replicas}. Its text form masks the password, and errors do not repeat the text. */
public sealed interface StoreUrl {
    /** The setting that names the store. */
    String KEY = "parley.store.url";

    /** A file: {@code sqlite:PATH}, or the path alone. */
    record Sqlite(Path path) implements StoreUrl {
        private static final String SCHEME = "sqlite:";

        // SQLite and its driver interpret URIs, special names and options, which would lead connections to different
        // files. One letter before a colon is a drive and not a scheme.
        private static final Pattern SHAPE =
                Pattern.compile("(?:sqlite:(?!file:)|(?![A-Za-z][A-Za-z0-9+.-]+:))(?!:)(?!.*:memory:)([^?]+)");

        @Override
        public String jdbc() {
            return "jdbc:" + SCHEME + path;
        }

        @Override
        public String toString() {
            return SCHEME + path;
        }
    }

    /**
     * One database of a PostgreSQL cluster: {@code postgresql://user:password@host:port,host:port/database?parameters}, with
     * hosts and parameters as the JDBC driver takes them.
     *
     * @param place hosts, database and parameters
     */
    record Postgres(@Nullable String user, @Nullable String password, String place) implements StoreUrl {
        private static final String SCHEME = "postgresql://";
        private static final Pattern SHAPE =
                Pattern.compile("(?:([^:@/?]+)(?::([^@/?]*))?@)?([^@/?]+)/([^@/?]+)(\\?.*)?");
        private static final Pattern HOST = Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");
        private static final Pattern PASSWORD = Pattern.compile("(?<=[?&](?:ssl)?password=)[^&]*", CASE_INSENSITIVE);
        private static final int PORT_MAX = 65_535;
        private static final int PORT_DEFAULT = 5432;

        static Postgres parse(String key, String text) {
            Matcher parts = SHAPE.matcher(text.substring(SCHEME.length()));
            if (!parts.matches()
                    || !Arrays.stream(parts.group(3).split(",", -1)).allMatch(Postgres::isHost)) {
                throw new InvalidConfiguration(key
                        + ": must be postgresql://user:password@host:port/database, with %-escapes for special characters in"
                        + " user and password.");
            }
            String parameters = parts.group(5) == null ? "" : parts.group(5);
            return new Postgres(
                    plain(key, parts.group(1)),
                    plain(key, parts.group(2)),
                    parts.group(3) + "/" + parts.group(4) + parameters);
        }

        private static boolean isHost(String text) {
            Matcher host = HOST.matcher(text);
            if (!host.matches()) {
                return false;
            }
            return host.group(1) == null
                    || (Integer.parseInt(host.group(1)) > 0 && Integer.parseInt(host.group(1)) <= PORT_MAX);
        }

        private static @Nullable String plain(String key, @Nullable String escaped) {
            if (escaped == null) {
                return null;
            }
            try {
                return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new InvalidConfiguration(key + ": user or password has a % that begins no escape; write %25.");
            }
        }

        /** One URL per host, each with its port. */
        public List<Postgres> hosts() {
            String behind = place.substring(place.indexOf('/'));
            return Arrays.stream(host().split(","))
                    .map(host -> Pattern.compile(":[0-9]+$").matcher(host).find() ? host : host + ":" + PORT_DEFAULT)
                    .map(host -> new Postgres(user, password, host + behind))
                    .toList();
        }

        /** The host with its port, or the hosts with commas between them. */
        public String host() {
            return place.substring(0, place.indexOf('/'));
        }

        @Override
        public String jdbc() {
            return "jdbc:" + SCHEME + place;
        }

        @Override
        public String toString() {
            return SCHEME
                    + (user == null ? "" : "***@")
                    + PASSWORD.matcher(place).replaceAll("***");
        }
    }

    /** The URL that the JDBC driver takes, without user and password. */
    String jdbc();

    /**
     * Parses {@code text}, the value of the setting {@code key}.
     *
     * @throws InvalidConfiguration if it is invalid
     */
    static StoreUrl parse(String key, String text) {
        if (!text.strip().equals(text) || text.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidConfiguration(key + ": has white space at an end, or a control character; remove it.");
        }
        if (text.startsWith(Postgres.SCHEME)) {
            return Postgres.parse(key, text);
        }
        Matcher file = Sqlite.SHAPE.matcher(text);
        if (!file.matches()) {
            throw new InvalidConfiguration(
                    key + ": must be the path of a file, such as /srv/parley.db or sqlite:/srv/parley.db, or"
                            + " postgresql://user:password@host:port/database.");
        }
        try {
            return new Sqlite(Path.of(file.group(1)));
        } catch (InvalidPathException e) {
            throw new InvalidConfiguration(key + ": is not a path.");
        }
    }
}
