package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.PostgresProfile;
import dev.parley.session.Namespace;
import dev.parley.session.Page.Cursor;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.SeenSql;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreStatements;
import dev.parley.store.StoreUrl;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Every statement finds its rows by a named index, in PostgreSQL's plan of the SQL that Hibernate really generates. */
@QuarkusTest
@TestProfile(PostgresProfile.class)
class QueryPlansTest {
    private static final Namespace NAMESPACE = new Namespace("https://plans.example");
    private static final String OPEN = "sessions_open (namespace = ?)";
    private static final String TOPIC = "sessions_by_topic (namespace = ?, beginning = ?)";
    private static final String TOPICS = "sessions_by_topic (namespace = ?, beginning >= ?)";

    @Inject
    Signaling signaling;

    @Inject
    @ConfigProperty(name = "parley.store.url")
    String url;

    @Test
    void everyStatementOfTheStoreFindsItsRowsByAWholeKey() throws Exception {
        for (Sql statement : StoreStatements.ofSessions()) {
            // EXPLAIN does not know the types of parameters in a list of rows, which the driver sends; there only the
            // guard is checked.
            String text = statement.text().replaceFirst("(?s)INSERT.*AS added", "SELECT 1");
            assertThat(plan(text).scans())
                    .as(statement.name())
                    .isSubsetOf(
                            "sessions_by_code (namespace = ?, code = ?)",
                            TOPIC,
                            "sessions_by_expiry (expires_at <= ?)",
                            "closed_sessions_by_expiry (expires_at <= ?)",
                            "closed_sessions_pkey (namespace = ?, code = ?, incarnation = ?)",
                            "sessions_pkey (id = ?)",
                            "events_pkey (session_id = ?)",
                            "events_pkey (session_id = ?, seq = ?)",
                            "events_pkey (session_id = ?, seq > ?)");
        }
    }

    @Test
    void theWaitingSessionsOfATopicComeFromItsIndexInTheirOrder() throws Exception {
        QueryPlan plan = plan(StoreStatements.named("waiting").text());

        assertThat(plan.scans()).contains(TOPIC);
        assertThat(plan.sortKeys()).containsExactly("sessions.id DESC, e.seq (presorted sessions.id)");
    }

    @Test
    void openSessionsComeFromTheirIndexInTheirOrder() throws SQLException {
        QueryPlan all = planOf(() -> signaling.discover(ReadFrom.PRIMARY, NAMESPACE, null, null, null, 10));
        QueryPlan rest = planOf(() -> signaling.discover(ReadFrom.PRIMARY, NAMESPACE, null, "tag", Cursor.at(5), 10));

        assertThat(all.scans()).containsExactly(OPEN);
        assertThat(all.sortKeys()).isEmpty();
        assertThat(rest.scans()).containsExactly("sessions_open (namespace = ?, id < ?)");
        assertThat(rest.sortKeys()).isEmpty();
    }

    @Test
    void openSessionsOfATopicComeFromItsIndexInTheirOrder() throws SQLException {
        QueryPlan all = planOf(() -> signaling.discover(ReadFrom.PRIMARY, NAMESPACE, "topic", null, null, 10));
        QueryPlan rest =
                planOf(() -> signaling.discover(ReadFrom.PRIMARY, NAMESPACE, "topic", "tag", Cursor.at(5), 10));

        assertThat(all.scans()).containsExactly(TOPIC);
        assertThat(all.sortKeys()).isEmpty();
        assertThat(rest.scans()).containsExactly("sessions_by_topic (namespace = ?, beginning = ?, id < ?)");
        assertThat(rest.sortKeys()).isEmpty();
    }

    @Test
    void topicsComeFromTheirIndexInItsOrder() throws SQLException {
        Cursor after = new Cursor("chess");
        List.of(
                        planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "", null, 10)),
                        planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "", after, 10)))
                .forEach(plan -> {
                    assertThat(plan.scans()).containsExactly(TOPICS);
                    assertThat(plan.sortKeys()).allMatch(key -> key.endsWith("(presorted beginning)"));
                });
        assertThat(planOf(() -> signaling.topics(ReadFrom.PRIMARY, NAMESPACE, "ch", after, 10))
                        .scans())
                .containsExactly("sessions_by_topic (namespace = ?, beginning >= ?, beginning <= ?)");
    }

    @Test
    void aNumberedPageOfTopicsComesFromTheirIndexToo() throws SQLException {
        assertThat(planOf(() -> signaling.topicPage(ReadFrom.PRIMARY, NAMESPACE, 10, 10))
                        .scans())
                .allMatch(scan -> scan.startsWith("sessions_by_topic (namespace = ?") || scan.equals(OPEN));
    }

    /** The plans of all statements that Hibernate generates for a call, in order. */
    private QueryPlan planOf(Supplier<CompletionStage<?>> call) throws SQLException {
        SeenSql.forget();
        call.get().toCompletableFuture().join();
        var scans = new ArrayList<String>();
        var sortKeys = new ArrayList<String>();
        for (String sql : SeenSql.seen()) {
            QueryPlan plan = plan(sql);
            scans.addAll(plan.scans());
            sortKeys.addAll(plan.sortKeys());
        }
        return new QueryPlan(scans, sortKeys);
    }

    private QueryPlan plan(String sql) throws SQLException {
        var place = (StoreUrl.Postgres) StoreUrl.parse(StoreUrl.KEY, url);
        try (Connection connection = QueryPlan.connect(place)) {
            return QueryPlan.of(connection, sql);
        }
    }
}
