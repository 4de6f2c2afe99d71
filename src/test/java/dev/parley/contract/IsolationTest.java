package dev.parley.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.session.Side;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.Statements.Sql;
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
 * the cases of {@link NamespaceCases} must fail. A statement that none of them runs, or that has no such condition, fails here until it
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
    private static final Set<String> USES_THE_LOCKED_ROW = Set.of("give-back", "last-own");

    /** Statements that only lock a row, which the next statement reads. */
    private static final Set<String> ONLY_LOCKS = Set.of("lock");

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
        assertThat(firstFailure(engine)).isNull();
        List<Sql> confined = StoreStatements.ofSessions().stream()
                .filter(statement -> !WITHOUT_NAMESPACE.contains(statement.name()))
                .filter(statement -> !USES_THE_LOCKED_ROW.contains(statement.name()))
                .filter(statement -> !ONLY_LOCKS.contains(statement.name()))
                .toList();
        assertThat(confined).hasSizeGreaterThan(12);
        for (Sql statement : confined) {
            String text = statement.text();
            try {
                StoreStatements.replace(statement, text.replace(CONFINED, UNCONFINED));
                assertThat(firstFailure(engine)).as(statement.name()).isNotNull();
            } finally {
                StoreStatements.replace(statement, text);
            }
        }
    }

    /** The first failure of the cases that need no repository, or null. */
    private static @Nullable Throwable firstFailure(Supplier<Database> engine) {
        try (Database database = engine.get()) {
            return catchThrowable(() -> {
                for (SessionCall call : SessionCall.values()) {
                    IsolatedPeers.in(database).aSessionOfAnotherNamespaceIsNotFound(call);
                    IsolatedPeers.in(database).aSessionIsNotChangedThroughTheSameCodeInAnotherNamespace(call);
                }
                for (Side side : Side.values()) {
                    IsolatedPeers.in(database).aSessionWithoutTokensIsNotFoundFromAnotherNamespaceEither(side);
                }
                IsolatedPeers.in(database).waitingSessionsOfAnotherNamespaceAreNotListed();
                IsolatedPeers.in(database).aCandidateOfAnotherNamespaceIsNotARepeatedOne();
                IsolatedPeers.in(database).aCodeBecomesFreeOnlyInItsNamespace();
                IsolatedPeers.in(database).theEndOfASessionOfAnotherNamespaceIsNotFound();
            });
        }
    }

    private record IsolatedPeers(
            Database database, Signaling signaling, SessionConfig limits, MovableClock clock, Peers peers)
            implements NamespaceCases {
        static IsolatedPeers in(Database database) {
            var clock = new MovableClock();
            var signaling = TestSignaling.over(
                    database, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, new SecureRandom());
            return new IsolatedPeers(database, signaling, PostgresNode.LIMITS, clock, Peers.inNewNamespace(signaling));
        }
    }
}
