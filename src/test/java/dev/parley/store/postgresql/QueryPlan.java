package dev.parley.store.postgresql;

import dev.parley.store.StoreUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * PostgreSQL's generic plan of a statement, without running it. Sequential scans are disabled, so they appear only if no index can be
 * used.
 *
 * @param scans each index with its conditions, such as {@code sessions_by_code (namespace = ?, code = ?)}, or {@code table sessions}
 *     without an index
 * @param sortKeys the keys of explicit sorts
 */
record QueryPlan(List<String> scans, List<String> sortKeys) {
    private static final List<String> CROWD = List.of(
            """
            WITH crowd AS (
                INSERT INTO sessions (namespace, code, topic, tags, generation, seq, answered,
                                      offer_candidates, answer_candidates, created_at, expires_at)
                SELECT 'https://' || n % 200, 'code ' || n, 'topic ' || n / 200 % 5, '', 1, 1, n % 2, 0, 0, n, n
                FROM generate_series(1, 5000) n
                RETURNING id)
            INSERT INTO events (session_id, seq, generation, kind)
            SELECT id, n, 1, 5 FROM crowd, generate_series(1, 5) n""", "ANALYZE sessions, events", "SET LOCAL enable_seqscan = off", "SET LOCAL enable_bitmapscan = off");

    private static final Pattern SCAN =
            Pattern.compile("(?:Index(?: Only)? Scan(?: Backward)? using|Bitmap Index Scan on) (\\w+)");
    private static final Pattern TABLE = Pattern.compile("Seq Scan on (\\w+)");
    private static final Pattern CONDITION = Pattern.compile("Index Cond: \\((.*)\\)");
    private static final Pattern SORT = Pattern.compile("(Sort|Presorted) Key: (.*)");

    /** A connection to a database with so many sessions that plans matter; other connections do not see them. */
    static Connection connect(StoreUrl.Postgres place) throws SQLException {
        String jdbc = place.jdbc() + "?preferQueryMode=simple"; // so that parameters may stay without values
        Connection connection = DriverManager.getConnection(jdbc, place.user(), place.password());
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String step : CROWD) {
                statement.execute(step);
            }
        }
        return connection;
    }

    static QueryPlan of(Connection connection, String sql) throws SQLException {
        var scans = new ArrayList<String>();
        var sortKeys = new ArrayList<String>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN (GENERIC_PLAN) " + numbered(sql))) {
            while (rows.next()) {
                read(rows.getString(1), scans, sortKeys);
            }
        }
        return new QueryPlan(scans, sortKeys);
    }

    private static void read(String line, List<String> scans, List<String> sortKeys) {
        Matcher scan = SCAN.matcher(line);
        Matcher table = TABLE.matcher(line);
        Matcher condition = CONDITION.matcher(line);
        Matcher sort = SORT.matcher(line);
        if (scan.find()) {
            scans.add(scan.group(1));
        } else if (table.find()) {
            scans.add("table " + table.group(1));
        } else if (condition.find()) {
            scans.set(scans.size() - 1, scans.get(scans.size() - 1) + " (" + conditions(condition.group(1)) + ")");
        } else if (sort.find()) {
            String key = sort.group(2);
            if (sort.group(1).equals("Presorted")) {
                int last = sortKeys.size() - 1;
                sortKeys.set(last, sortKeys.get(last) + " (presorted " + plain(key) + ")");
            } else {
                sortKeys.add(plain(key));
            }
        }
    }

    /** The conditions without types, table names and values. */
    private static String conditions(String conditions) {
        return Pattern.compile(" AND ")
                .splitAsStream(plain(conditions))
                .map(condition -> condition.replaceAll("[()]", "").replaceAll("([<>=]+) .*", "$1 ?"))
                .map(condition -> condition.replaceAll("^\\w+\\.", ""))
                .collect(Collectors.joining(", "));
    }

    private static String plain(String text) {
        return text.replaceAll("substr\\((\\w+\\.)?topic, 1, 256\\)", "beginning")
                .replaceAll("\\(beginning\\)", "beginning")
                .replaceAll("::\\w+| COLLATE \"C\"", "");
    }

    /** With numbered parameters, as PostgreSQL requires. */
    private static String numbered(String sql) {
        var number = new AtomicInteger();
        return Pattern.compile("\\?").matcher(sql).replaceAll(mark -> "\\$" + number.incrementAndGet());
    }
}
