package dev.parley.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import dev.parley.session.Namespace;
import dev.parley.session.Page.Cursor;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.SeenSql;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreStatements;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every statement uses a named index, as SQLite plans it and as Hibernate writes it. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class QueryPlansTest {
    /** Allowed access paths to rows of {@code sessions} and {@code events}: by a whole key, never by a namespace alone. */
    private static final String BY_KEY = Stream.of(
                    "INDEX sessions_by_code \\(namespace=\\? AND code=\\?\\)",
                    "INDEX sessions_by_topic \\(namespace=\\? AND topic=\\?\\)",
                    "COVERING INDEX (closed_)?sessions_by_expiry \\(expires_at<\\?\\)",
                    "PRIMARY KEY \\(namespace=\\? AND code=\\? AND incarnation=\\?\\)",
                    "INTEGER PRIMARY KEY \\(rowid=\\?\\)",
                    "(COVERING )?INDEX events_by_session \\(session_id=\\?( AND seq[=>]\\?)?\\)")
            .collect(Collectors.joining("|", "SEARCH \\w+ USING (", ")( LEFT-JOIN)?"));

    /** Other steps of a plan: tables with one row, results of earlier steps, and how steps are combined. */
    private static final String WITHOUT_ROWS_OF_THEIR_OWN =
            "SCAN (CONSTANT ROW|\\d+-ROW VALUES CLAUSE|history)|(CO-ROUTINE|MATERIALIZE|SCAN) (s|added|expired)|(SCALAR|LIST) SUBQUERY \\d+"
                    + "|USE TEMP B-TREE FOR LAST TERM OF ORDER BY";

    private static final Namespace NAMESPACE = new Namespace("https://plans.example");

    @Inject
    Signaling signaling;

    @Inject
    @ConfigProperty(name = "parley.store.url")
    String url;

    @Test
    void everyStatementOfTheStoreFindsItsRowsByAWholeKey() throws Exception {
        for (Sql statement : StoreStatements.ofSessions()) {
            if (statement.name().equals("lock")) {
                continue; // not used on SQLite
            }
            assertThat(plan(statement.text().replace(Statements.SKIP_LOCKED, "")))
                    .as(statement.name())
                    .allSatisfy(step -> assertThat(step).matches(BY_KEY + "|" + WITHOUT_ROWS_OF_THEIR_OWN));
        }
    }

    @Test
    void theWaitingSessionsOfATopicComeFromItsIndexInTheirOrder() throws Exception {
        assertThat(plan(StoreStatements.named("waiting").text()))
                .contains("SEARCH sessions USING INDEX sessions_by_topic (namespace=? AND topic=?)")
                .doesNotContain("USE TEMP B-TREE FOR ORDER BY");
    }

    @Test
    void leasesComeFromTheirIndexes() throws SQLException {
        assertThat(planOfLeases("END")).containsExactly("SEARCH leases USING INDEX leases_by_holder (holder=?)");
        assertThat(planOfLeases("RESUME")).containsExactly("SEARCH leases USING INDEX leases_by_holder (holder=?)");
        assertThat(planOfLeases("ENDED"))
                .first()
                .isEqualTo("SEARCH leases USING INDEX leases_by_node (node=? AND ends_at>?)");
        assertThat(planOfLeases("END_OF_NODE"))
                .containsExactly("SEARCH leases USING INDEX leases_by_node (node=? AND ends_at=?)");
        assertThat(planOfLeases("CLOSE")).contains("SEARCH l USING INDEX leases_by_end (ends_at<?)");
    }

    private List<String> planOfLeases(String constant) throws SQLException {
        String text =
                StoreStatements.of("dev.parley.store.sql.LeaseStore", constant).text();
        return plan(text.replace(Statements.SKIP_LOCKED, "")).stream()
                .map(step -> step.replace("COVERING ", ""))
                .toList();
    }

    @Test
    void openSessionsComeFromTheirIndexInTheirOrder() throws SQLException {
        assertThat(planOf(() -> discover(null, null, null)))
                .containsExactly("SEARCH ss1_0 USING INDEX sessions_open (namespace=?)");
        assertThat(planOf(() -> discover(null, "tag", Cursor.at(5))))
                .containsExactly("SEARCH ss1_0 USING INDEX sessions_open (namespace=? AND id<?)");
    }

    @Test
    void openSessionsOfATopicComeFromItsIndexInTheirOrder() throws SQLException {
        assertThat(planOf(() -> discover("topic", null, null)))
                .containsExactly("SEARCH ss1_0 USING INDEX sessions_by_topic (namespace=? AND topic=?)");
        assertThat(planOf(() -> discover("topic", "tag", Cursor.at(5))))
                .containsExactly("SEARCH ss1_0 USING INDEX sessions_by_topic (namespace=? AND topic=? AND id<?)");
    }

    private CompletionStage<?> discover(@Nullable String topic, @Nullable String tag, @Nullable Cursor after) {
        return signaling.discover(ReadFrom.PRIMARY, NAMESPACE, topic, tag, after, 10);
    }

    @Test
    void topicsAreCountedFromTheirIndexAlone() throws SQLException {
        String all = "SEARCH ss1_0 USING COVERING INDEX sessions_by_topic (namespace=? AND topic>?)";
        String some = "SEARCH ss1_0 USING COVERING INDEX sessions_by_topic (namespace=? AND topic>? AND topic<?)";

        assertThat(planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "", null, 10)))
                .containsExactly(all);
        assertThat(planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "", new Cursor("x"), 10)))
                .containsExactly(all);
        assertThat(planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "ch", null, 10)))
                .containsExactly(some);
        assertThat(planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "ch", new Cursor("chess"), 10)))
                .containsExactly(some);
        assertThat(planOf(() -> signaling.topicPage(ReadFrom.PRIMARY, NAMESPACE, 10, 10)))
                .filteredOn(step -> !step.contains("(subquery-")) // rows of the query around it
                .containsExactly(all, "USE TEMP B-TREE FOR ORDER BY", all);
    }

    @Test
    void aPageOfTopicsBeginsWhereTheOneBeforeEnded() throws SQLException {
        planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "ch", new Cursor("chess"), 10));

        // With a second lower bound SQLite would seek to the prefix each time and skip earlier pages row by row.
        assertThat(SeenSql.seen()).singleElement().asString().containsOnlyOnce("topic>");
    }

    /** The plans of all statements that Hibernate runs for a call, in order. */
    private List<String> planOf(Supplier<CompletionStage<?>> call) throws SQLException {
        SeenSql.forget();
        call.get().toCompletableFuture().join();
        var steps = new ArrayList<String>();
        for (String sql : SeenSql.seen()) {
            steps.addAll(plan(sql));
        }
        return steps;
    }

    private List<String> plan(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:" + url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            var steps = new ArrayList<String>();
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
            return steps;
        }
    }
}
