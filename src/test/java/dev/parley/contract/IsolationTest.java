package dev.parley.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.session.Limits;
import dev.parley.session.Side;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.Sql;
import dev.parley.store.StoreStatements;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.waiting.TestWaitRegistries;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no statement reaches across namespaces, on either engine. Method: the cases of {@link StrangerCases} show what strangers
 * see; here each statement loses its namespace once, and each time those cases must fail. A statement that none of them needs, or
 * that has no namespace to lose, fails here until it is in a list with its reason.
 */
@Tag("integration")
class IsolationTest {
    private static final String CONFINED = "namespace = ?";
    private static final String UNCONFINED = "(namespace = ? OR TRUE)";

    /** What brings a row into its namespace, adds to a row that a guard holds, or sweeps all namespaces. */
    private static final Set<String> WITHOUT_NAMESPACE =
            Set.of("open", "add", "add-new", "retain-last", "sweep", "sweep-unlocked", "sweep-last");

    /** What also names the row that the transaction holds already: losing its namespace, it would hit the same. */
    private static final Set<String> HITS_A_ROW_THAT_IS_HELD =
            Set.of("give-back-offerer", "give-back-answerer", "last-own");

    /** What tells nothing of the row that it holds: that is asked for by the next statement. */
    private static final Set<String> ONLY_HOLDS_A_ROW = Set.of("lock");

    @TempDir
    Path folder;

    @Test
    void everyStatementHasItsNamespaceOrAReason() {
        assertThat(StoreStatements.ofSessions())
                .allSatisfy(statement -> assertThat(statement.text().contains(CONFINED))
                        .as(statement.name())
                        .isNotEqualTo(WITHOUT_NAMESPACE.contains(statement.name())));
        assertThat(StoreStatements.named("open").text()).contains("(namespace, code,", "ON CONFLICT (namespace, code)");
    }

    @Test
    void aStatementWithoutItsNamespaceIsNoticedOnSqlite() {
        eachIsNoticed(() -> new OfflineStore(folder.resolve(System.nanoTime() + ".db")).open());
    }

    @Test
    void aStatementWithoutItsNamespaceIsNoticedOnPostgresql() {
        try (var cluster = PostgresCluster.shared()) {
            eachIsNoticed(() -> PostgresNode.over(cluster).database());
        }
    }

    private static void eachIsNoticed(Supplier<Database> engine) {
        assertThat(whatStrangersNotice(engine)).isNull();
        List<Sql> confined = StoreStatements.ofSessions().stream()
                .filter(statement -> !WITHOUT_NAMESPACE.contains(statement.name()))
                .filter(statement -> !HITS_A_ROW_THAT_IS_HELD.contains(statement.name()))
                .filter(statement -> !ONLY_HOLDS_A_ROW.contains(statement.name()))
                .toList();
        assertThat(confined).hasSizeGreaterThan(12);
        for (Sql statement : confined) {
            String text = statement.text();
            try {
                StoreStatements.replace(statement, text.replace(CONFINED, UNCONFINED));
                assertThat(whatStrangersNotice(engine)).as(statement.name()).isNotNull();
            } finally {
                StoreStatements.replace(statement, text);
            }
        }
    }

    /** The first failure of the cases that need no repository, or null. */
    private static @Nullable Throwable whatStrangersNotice(Supplier<Database> engine) {
        try (Database database = engine.get()) {
            return catchThrowable(() -> {
                for (SessionCall call : SessionCall.values()) {
                    Neighbours.in(database).aSessionOfAnotherNamespaceIsNotThere(call);
                    Neighbours.in(database).oneNamespacesSessionIsNotTouchedThroughAnothersOfTheSameCode(call);
                }
                for (Side side : Side.values()) {
                    Neighbours.in(database).aSessionWithoutTokensIsNotThereForAnotherNamespaceEither(side);
                }
                Neighbours.in(database).whatWaitsUnderATopicOfAnotherNamespaceIsNotThere();
                Neighbours.in(database).whatOneNamespaceHasSaidAnotherHasNot();
                Neighbours.in(database).aCodeIsFreedInItsNamespaceOnly();
                Neighbours.in(database).theEndOfASessionOfAnotherNamespaceIsNotThere();
            });
        }
    }

    private record Neighbours(Database database, Signaling signaling, Limits limits, MovableClock clock, Peers peers)
            implements StrangerCases {
        static Neighbours in(Database database) {
            var clock = new MovableClock();
            var signaling = TestSignaling.over(
                    database, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, new SecureRandom());
            return new Neighbours(
                    database, signaling, PostgresNode.LIMITS, clock, Peers.strangersToAllOthers(signaling));
        }
    }
}
