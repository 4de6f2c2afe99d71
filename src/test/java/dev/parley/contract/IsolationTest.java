package dev.parley.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.session.Side;
import dev.parley.signaling.SessionConfig;
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
 * No statement crosses namespaces, on either engine. The condition on the namespace is removed from each statement in turn, and each time
 * the cases of {@link StrangerCases} must fail. A statement that none of them runs, or that has no such condition, fails here until it
 * is in a list with its reason.
 */
@Tag("integration")
class IsolationTest {
    private static final String CONFINED = "namespace = ?";
    private static final String UNCONFINED = "(namespace = ? OR TRUE)";

    /** Statements that insert a row with its namespace, add to a row that a guard has locked, or sweep all namespaces. */
    private static final Set<String> WITHOUT_NAMESPACE =
            Set.of("open", "add", "add-new", "retain-last", "sweep", "sweep-last");

    /** Statements that also name the row that the transaction has locked, and hit the same one without the namespace. */
    private static final Set<String> HITS_A_ROW_THAT_IS_HELD = Set.of("give-back", "last-own");

    /** Statements that only lock a row, which the next statement reads. */
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
    void aStatementWithoutItsNamespaceIsDetectedOnSqlite() {
        eachIsDetected(() -> new OfflineStore(folder.resolve(System.nanoTime() + ".db")).open());
    }

    @Test
    void aStatementWithoutItsNamespaceIsDetectedOnPostgresql() {
        try (var cluster = PostgresCluster.shared()) {
            eachIsDetected(() -> PostgresNode.over(cluster).database());
        }
    }

    private static void eachIsDetected(Supplier<Database> engine) {
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
                    Neighbours.in(database).aSessionOfAnotherNamespaceIsNotFound(call);
                    Neighbours.in(database).aSessionIsNotChangedThroughTheSameCodeInAnotherNamespace(call);
                }
                for (Side side : Side.values()) {
                    Neighbours.in(database).aSessionWithoutTokensIsNotFoundFromAnotherNamespaceEither(side);
                }
                Neighbours.in(database).waitingSessionsOfAnotherNamespaceAreNotListed();
                Neighbours.in(database).aCandidateOfAnotherNamespaceIsNotARepeatedOne();
                Neighbours.in(database).aCodeBecomesFreeOnlyInItsNamespace();
                Neighbours.in(database).theEndOfASessionOfAnotherNamespaceIsNotFound();
            });
        }
    }

    private record Neighbours(
            Database database, Signaling signaling, SessionConfig limits, MovableClock clock, Peers peers)
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
