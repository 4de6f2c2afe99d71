package dev.parley.contract;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.newToken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Code;
import dev.parley.session.Event;
import dev.parley.session.Lease;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.signaling.Leases;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Leases: a session is closed, to the millisecond, when its holder was gone for the time of the lease and no other took it. */
interface LeaseCases extends StoreUnderTest {
    Duration LEASE = Duration.ofSeconds(15);

    /** As in {@link Leases}. */
    int LOST_CHECKS = 12;

    Leases leases();

    /** Another server on the same store. */
    Leases leasesOfAnotherNode();

    private TestSession leased(long holder) {
        TestSession session = peers().open(offer("o"));
        take(session, holder);
        return session;
    }

    private void take(TestSession session, long holder) {
        Lease lease = leases().of(holder, LEASE);
        result(leases().take(session.key(), session.offerer(), lease));
    }

    private void end(long holder) {
        leases().end(List.of(holder)).toCompletableFuture().join();
    }

    private static void check(Leases node, int times) {
        for (int check = 0; check < times; check++) {
            node.checkNodes().toCompletableFuture().join();
        }
    }

    private void closeOverdueAfter(Duration time) {
        clock().advance(time);
        leases().closeOverdue().toCompletableFuture().join();
    }

    @Test
    default void aSessionIsClosedWhenItsHolderIsGoneForTheTimeOfTheLease() {
        long holder = leases().newHolder();
        TestSession session = leased(holder);
        long incarnation = session.session().incarnation();
        closeOverdueAfter(LEASE.multipliedBy(2));
        end(holder);

        closeOverdueAfter(LEASE.minusMillis(1));
        assertThat(session.session().seq()).isEqualTo(1);
        closeOverdueAfter(Duration.ofMillis(1));

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
        assertThat(session.follow(incarnation, 1)).containsExactly(new Event.Closed(2, 1));
    }

    @Test
    default void whoeverTakesTheLeaseKeepsTheSession() {
        long holder = leases().newHolder();
        long another = leases().newHolder();
        TestSession session = leased(holder);
        end(holder);
        clock().advance(LEASE);
        take(session, another);
        end(holder);

        closeOverdueAfter(LEASE.multipliedBy(2));
        assertThat(session.session().seq()).isEqualTo(1);
        end(another);
        closeOverdueAfter(LEASE);

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }

    @Test
    default void onlyTheOfferersTokenTakesTheLease() {
        long holder = leases().newHolder();
        TestSession session = peers().openAnswered(offer("o"), "a");
        Lease lease = leases().of(holder, LEASE);
        for (Supplier<?> refused : List.<Supplier<?>>of(
                () -> result(leases().take(session.key(), session.answerer(), lease)),
                () -> result(leases().take(session.key(), newToken(), lease)))) {
            assertThatExceptionOfType(TokenRefused.class).isThrownBy(refused::get);
        }
        assertThatExceptionOfType(TokenMissing.class).isThrownBy(() -> leases().take(session.key(), null, lease));
        session.close();
        assertThatExceptionOfType(SessionNotFound.class)
                .isThrownBy(() -> result(leases().take(session.key(), session.offerer(), lease)));
    }

    @Test
    default void aSessionIsOpenedWithItsLeaseAndAReplayTakesIt() {
        long holder = leases().newHolder();
        long another = leases().newHolder();
        SessionToken token = newToken();
        Opening opening = offer("o").code("leased").token(token).opening();
        Namespace namespace = peers().namespace();
        result(signaling().open(namespace, opening, leases().of(holder, LEASE)));
        var session = new TestSession(signaling(), new SessionKey(namespace, new Code("leased")), token, newToken());
        result(signaling().open(namespace, opening, leases().of(another, LEASE)));
        end(holder);
        closeOverdueAfter(LEASE);
        assertThat(session.session().seq()).isEqualTo(1);

        end(another);
        closeOverdueAfter(LEASE);

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }

    @Test
    default void theLeasesOfALostNodeEnd() {
        Leases lost = leasesOfAnotherNode();
        TestSession session = leasedOn(lost, lost.newHolder());
        Leases observer = leasesOfAnotherNode();
        check(observer, LOST_CHECKS);
        check(lost, 1);
        clock().advance(Duration.ofHours(1));
        check(observer, LOST_CHECKS);
        closeOverdueAfter(LEASE);
        assertThat(session.session().seq()).as("whatever the clock shows").isEqualTo(1);

        check(observer, 1);
        closeOverdueAfter(LEASE.minusMillis(1));
        assertThat(session.session().seq()).as("from now on").isEqualTo(1);
        closeOverdueAfter(Duration.ofMillis(1));

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }

    @Test
    default void aLostNodeThatIsAliveResumesTheLeasesOfItsLiveHolders() {
        Leases missed = leasesOfAnotherNode();
        long holder = missed.newHolder();
        long gone = missed.newHolder();
        TestSession session = leasedOn(missed, holder);
        TestSession left = leasedOn(missed, gone);
        check(leasesOfAnotherNode(), LOST_CHECKS + 1);
        TestSession later = leasedOn(missed, holder);
        missed.end(List.of(gone)).toCompletableFuture().join();

        check(missed, 1);
        closeOverdueAfter(LEASE.multipliedBy(2));

        assertThat(session.session().seq()).isEqualTo(1);
        assertThat(later.session().seq()).isEqualTo(1);
        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(left::session);
        missed.end(List.of(holder)).toCompletableFuture().join();
        closeOverdueAfter(LEASE);
        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }

    private TestSession leasedOn(Leases node, long holder) {
        TestSession session = peers().open(offer("o").ttl(Duration.ofHours(2)));
        result(node.take(session.key(), session.offerer(), node.of(holder, LEASE)));
        return session;
    }
}
