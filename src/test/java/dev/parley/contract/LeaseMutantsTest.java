package dev.parley.contract;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.OpeningBuilder.offer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.Leases;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreStatements;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.waiting.TestWaitRegistries;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deliberate faults of leases change what happens to a session, so the cases of the contract detect them. */
class LeaseMutantsTest {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final SessionConfig LIMITS = DefaultLimits.living(Duration.ofMinutes(5), Duration.ofSeconds(10));
    private static final long HOLDER = 1;
    private static final long ANOTHER = 2;
    private static final Namespace NAMESPACE = new Namespace("https://leases.test");
    private static final List<String> SOUND = List.of("kept", "kept", "closed", "refused", "kept", "closed");

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock();

    @Test
    void aSoundLeaseEndsInTime() {
        assertThat(lifeOfALease()).isEqualTo(SOUND);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a lease that never ends              | END   | ? + duration              | ? + NULL",
                "a lease that ends at once            | END   | ? + duration              | ? + 0 * duration",
                "a lease that a repeated end extends  | END   | COALESCE(ends_at, ? + duration) | ? + duration",
                "a lease that ends after its takeover | END   | holder = ?                | ? IS NOT NULL",
                "a takeover that does not last        | TAKE  | , ends_at = NULL          | ''",
                "a lease for anybody's token          | TAKE  | offerer_token = ?         | ? IS NOT NULL",
                "a session that nobody closes         | CLOSE | l.ends_at <= ?            | l.ends_at < ? - 3600000"
            })
    void aFaultIsDetected(String name, String constant, String sound, String faulty) {
        Sql statement = StoreStatements.of("dev.parley.store.sql.LeaseStore", constant);
        String text = statement.text();
        assertThat(text).as(name).contains(sound);
        StoreStatements.replace(statement, text.replace(sound, faulty));
        try {
            assertThat(lifeOfALease()).as(name).isNotEqualTo(SOUND);
        } finally {
            StoreStatements.replace(statement, text);
        }
    }

    /** What becomes of a session whose holder goes, and of one whose lease is taken over. */
    private List<String> lifeOfALease() {
        try (Database database = new OfflineStore(folder.resolve("parley.db")).openPatiently()) {
            var waits = TestWaitRegistries.nobodyWaits();
            var random = new SecureRandom();
            Signaling signaling = TestSignaling.over(database, waits, LIMITS, clock, random);
            Leases leases = TestSignaling.leases(database, waits, LIMITS, clock, random);
            SessionKey left = opened(signaling, leases, "left");
            leases.end(Set.of(HOLDER)).toCompletableFuture().join();
            String early = after(signaling, leases, left, LEASE.minusMillis(1));

            SessionKey taken = opened(signaling, leases, "taken");
            leases.end(Set.of(HOLDER)).toCompletableFuture().join();
            result(leases.take(taken, token("taken"), leases.of(ANOTHER, LEASE)));
            leases.end(Set.of(HOLDER)).toCompletableFuture().join();
            String due = after(signaling, leases, left, Duration.ofMillis(1));
            String kept = after(signaling, leases, taken, LEASE);
            String stranger = taken(leases, taken);
            leases.end(Set.of(ANOTHER)).toCompletableFuture().join();
            String later = after(signaling, leases, taken, Duration.ZERO);
            String last = after(signaling, leases, taken, LEASE);
            return List.of(early, kept, due, stranger, later, last);
        }
    }

    private static SessionToken token(String code) {
        return new SessionToken("the-own-secret-of-session-" + code);
    }

    private static SessionKey opened(Signaling signaling, Leases leases, String code) {
        result(signaling.open(
                NAMESPACE, offer("o").code(code).token(token(code)).opening(), leases.of(HOLDER, LEASE)));
        return new SessionKey(NAMESPACE, new Code(code));
    }

    private static String taken(Leases leases, SessionKey key) {
        try {
            result(leases.take(key, token("a-stranger"), leases.of(HOLDER, LEASE)));
            return "taken";
        } catch (TokenRefused e) {
            return "refused";
        } catch (SessionNotFound e) {
            return "gone";
        }
    }

    private String after(Signaling signaling, Leases leases, SessionKey key, Duration time) {
        clock.advance(time);
        leases.closeOverdue().toCompletableFuture().join();
        try {
            result(signaling.session(ReadFrom.PRIMARY, key));
            return "kept";
        } catch (SessionNotFound e) {
            return "closed";
        }
    }
}
