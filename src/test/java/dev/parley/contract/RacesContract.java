package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidate;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Lease;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.Session.SideState;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Side;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.AlreadyAnswered;
import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.session.SignalingException.SessionChanged;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.Trickle;
import dev.parley.session.Trickle.Trickled;
import dev.parley.signaling.Leases;
import dev.parley.signaling.Signaling;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * 64 concurrent calls to one session, repeated ({@code -Dparley.races=} times): one answer wins and is final, no acknowledged write is
 * lost, and a concurrent reader of events never sees a gap, a repetition or a partial state.
 */
abstract class RacesContract {
    private static final int RACES = CampaignSize.of("parley.races", 50);

    @Inject
    Signaling signaling;

    @Inject
    Leases leases;

    @FunctionalInterface
    private interface Race {
        void run(ConcurrentCalls calls, Random random) throws Exception;
    }

    private void repeat(Race race) throws Exception {
        TestSeed seed = TestSeed.of(getClass());
        try (var calls = new ConcurrentCalls()) {
            for (int round = 0; round < RACES; round++) {
                race.run(calls, seed.round(round).random());
            }
        }
    }

    /** An attempt to open or to answer: its description, and its result, or nothing where another was first. */
    private record Try(String description, Optional<Joined> joined) {
        boolean isAccepted() {
            return joined.isPresent();
        }

        boolean isFirst() {
            return joined.filter(accepted -> !accepted.replay()).isPresent();
        }
    }

    /** A request with candidates, and its result. */
    private record Trickling(Side side, Trickle trickle, Trickled trickled) {}

    @Test
    void ofConcurrentAnswersOneIsAcceptedAndNeverChanges() throws Exception {
        repeat(this::raceToAnswer);
    }

    private void raceToAnswer(ConcurrentCalls race, Random random) throws Exception {
        TestSession session = Peers.inNewNamespace(signaling).open(offer("o"));
        var calls = new ArrayList<Callable<Try>>();
        while (calls.size() < ConcurrentCalls.WAYS) {
            String answer = "answer " + calls.size();
            SessionToken own = random.nextInt(4) == 0 ? null : newToken();
            // Some lose the reply and repeat the request while the first one is still running.
            int tries = Math.min(1 + random.nextInt(3), ConcurrentCalls.WAYS - calls.size());
            for (int i = 0; i < tries; i++) {
                calls.add(() -> answer(session, own, answer));
            }
        }

        ConcurrentCalls.Result<Try, List<Event>> result = race.run(calls, over -> watch(session, over));

        String answer = winner(result.calls());
        assertThat(result.seen()).containsExactly(TestValues.offered(1, 1, "o"), TestValues.answered(2, 1, answer));
        assertThatExceptionOfType(AlreadyAnswered.class).isThrownBy(() -> session.answer("late"));
        assertThat(session.session().answerer().description()).isEqualTo(Description.of(answer));
    }

    /** The description of the winner. All of its attempts were accepted, and no others. */
    private static String winner(List<Try> tries) {
        assertThat(tries).filteredOn(Try::isFirst).hasSize(1);
        String winning =
                tries.stream().filter(Try::isFirst).findFirst().orElseThrow().description();
        assertThat(tries)
                .allSatisfy(one ->
                        assertThat(one.isAccepted()).isEqualTo(one.description().equals(winning)));
        return winning;
    }

    private static Try answer(TestSession session, @Nullable SessionToken own, String answer) {
        try {
            Joined joined = own == null
                    ? session.answerWithoutToken(answer)
                    : session.answer(own, answer, null, Trickle.NOTHING);
            return new Try(answer, Optional.of(joined));
        } catch (AlreadyAnswered refusal) {
            return new Try(answer, Optional.empty());
        }
    }

    @Test
    void aLeaseIsTakenOverOrItsSessionIsClosedAndNeverBoth() throws Exception {
        repeat(this::raceForALease);
    }

    private void raceForALease(ConcurrentCalls race, Random random) throws Exception {
        TestSession session = Peers.inNewNamespace(signaling).open(offer("o"));
        long former = leases.newHolder();
        Lease lease = leases.of(former, Duration.ofMillis(0));
        Awaited.result(leases.take(session.key(), session.offerer(), lease));
        leases.end(List.of(former)).toCompletableFuture().join();
        var calls = new ArrayList<Callable<Optional<Boolean>>>();
        int takeovers = 1 + random.nextInt(ConcurrentCalls.WAYS / 2);
        while (calls.size() < ConcurrentCalls.WAYS) {
            long holder = 2L + calls.size();
            calls.add(calls.size() < takeovers ? () -> take(session, holder) : this::closeOverdue);
        }
        Collections.shuffle(calls, random);

        List<Optional<Boolean>> takes = race.run(calls, over -> List.of()).calls().stream()
                .filter(Optional::isPresent)
                .toList();

        boolean taken = takes.contains(Optional.of(true));
        assertThat(takes).as("once one was taken over, so were all others").containsOnly(Optional.of(taken));
        if (taken) {
            assertThat(session.session().seq()).isEqualTo(1);
        } else {
            assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
        }
    }

    /** Whether the lease was taken over. */
    private Optional<Boolean> take(TestSession session, long holder) {
        try {
            Lease lease = leases.of(holder, Duration.ofSeconds(15));
            return Optional.of(Awaited.result(leases.take(session.key(), session.offerer(), lease)));
        } catch (SessionNotFound gone) {
            return Optional.of(false);
        }
    }

    private Optional<Boolean> closeOverdue() {
        leases.closeOverdue().toCompletableFuture().join();
        return Optional.empty();
    }

    @Test
    void concurrentCandidatesOfBothSidesAreStoredOnceEach() throws Exception {
        repeat(this::raceToTrickle);
    }

    private void raceToTrickle(ConcurrentCalls race, Random random) throws Exception {
        TestSession session = Peers.inNewNamespace(signaling).openAnswered(offer("o"), "a");
        var calls = new ArrayList<Callable<Trickling>>();
        while (calls.size() < ConcurrentCalls.WAYS) {
            Side side = random.nextBoolean() ? OFFERER : ANSWERER;
            Trickle trickle = trickle(random);
            calls.add(() -> new Trickling(side, trickle, session.trickle(side, trickle)));
        }

        ConcurrentCalls.Result<Trickling, List<Event>> result = race.run(calls, over -> watch(session, over));

        for (Side side : Side.values()) {
            assertComplete(result, side);
        }
    }

    /** So few that many are repeated, within a side and across the sides. */
    private static Trickle trickle(Random random) {
        List<Candidate> candidates = random.ints(random.nextInt(5), 0, 60)
                .mapToObj(number -> candidate("candidate " + number))
                .toList();
        return new Trickle(candidates, random.nextInt(8) == 0);
    }

    private static void assertComplete(ConcurrentCalls.Result<Trickling, List<Event>> result, Side side) {
        List<Trickling> acknowledged = result.calls().stream()
                .filter(trickling -> trickling.side() == side)
                .toList();
        List<Candidate> stored = candidates(result.seen(), side, Long.MAX_VALUE);
        assertThat(stored).doesNotHaveDuplicates();
        assertThat(acknowledged)
                .allSatisfy(trickling -> assertThat(candidates(
                                result.seen(), side, trickling.trickled().seq()))
                        .as("at the number that was acknowledged")
                        .containsAll(trickling.trickle().candidates()));
        assertThat(acknowledged.stream()
                        .mapToInt(trickling -> trickling.trickled().added())
                        .sum())
                .isEqualTo(stored.size());
        assertThat(result.seen().stream()
                        .filter(event -> event instanceof Event.EndOfCandidates && event.side() == side)
                        .count())
                .isEqualTo(
                        acknowledged.stream()
                                        .anyMatch(
                                                trickling -> trickling.trickle().end())
                                ? 1
                                : 0);
    }

    private static List<Candidate> candidates(List<Event> events, Side side, long upTo) {
        return events.stream()
                .filter(event -> event.seq() <= upTo && event.side() == side)
                .flatMap(event ->
                        event instanceof Event.Trickled trickled ? Stream.of(trickled.candidate()) : Stream.empty())
                .toList();
    }

    @Test
    void anAnswerAmongConcurrentCandidatesIsNotLost() throws Exception {
        repeat(this::raceToAnswerAmongCandidates);
    }

    private void raceToAnswerAmongCandidates(ConcurrentCalls race, Random random) throws Exception {
        TestSession session = Peers.inNewNamespace(signaling).open(offer("o"));
        var calls = new ArrayList<Callable<Trickling>>();
        while (calls.size() < ConcurrentCalls.WAYS - 1) {
            Trickle trickle = trickle(random);
            calls.add(() -> new Trickling(OFFERER, trickle, session.trickle(OFFERER, trickle)));
        }
        Trickle own = TestValues.lastCandidates("x", "y");
        calls.add(random.nextInt(ConcurrentCalls.WAYS), () -> {
            Joined joined = session.answer(session.answerer(), "a", 1, own);
            return new Trickling(
                    ANSWERER, own, new Trickled(joined.seq(), own.candidates().size()));
        });

        ConcurrentCalls.Result<Trickling, List<Event>> result = race.run(calls, over -> watch(session, over));

        assertComplete(result, OFFERER);
        assertComplete(result, ANSWERER);
        assertThat(session.side(ANSWERER)).isEqualTo(new SideState(Description.of("a"), own.candidates(), true));
    }

    @Test
    void ofConcurrentOffersForOneStateOneIsAccepted() throws Exception {
        repeat(this::raceToRestart);
    }

    private void raceToRestart(ConcurrentCalls race, Random random) throws Exception {
        TestSession session = Peers.inNewNamespace(signaling).openAnswered(offer("o"), "a");
        var calls = new ArrayList<Callable<Try>>();
        while (calls.size() < ConcurrentCalls.WAYS) {
            String offer = "offer " + calls.size();
            int seq = 1 + random.nextInt(2); // 1 is the state before the answer
            calls.add(() -> restart(session, seq, offer));
        }
        calls.set(random.nextInt(ConcurrentCalls.WAYS), () -> restart(session, 2, "offer"));

        ConcurrentCalls.Result<Try, Boolean> result = race.run(calls, over -> true);

        String offer = winner(result.calls());
        assertThat(session.events())
                .containsExactly(
                        TestValues.offered(1, 1, "o"), TestValues.answered(2, 1, "a"), TestValues.offered(3, 2, offer));
    }

    private static Try restart(TestSession session, long seq, String offer) {
        try {
            return new Try(offer, Optional.of(session.restart(session.offerer(), seq, offer)));
        } catch (SessionChanged refusal) {
            return new Try(offer, Optional.empty());
        }
    }

    @Test
    void ofConcurrentOpeningsWithOneCodeOneSucceeds() throws Exception {
        repeat(this::raceToOpen);
    }

    private void raceToOpen(ConcurrentCalls race, Random random) throws Exception {
        Peers peers = Peers.inNewNamespace(signaling);
        var calls = new ArrayList<Callable<Try>>();
        while (calls.size() < ConcurrentCalls.WAYS) {
            String offer = "offer " + calls.size();
            SessionToken own = newToken();
            int tries = Math.min(1 + random.nextInt(3), ConcurrentCalls.WAYS - calls.size());
            for (int i = 0; i < tries; i++) {
                calls.add(() -> open(peers, own, offer));
            }
        }

        ConcurrentCalls.Result<Try, Boolean> result = race.run(calls, over -> true);

        String offer = winner(result.calls());
        assertThat(peers.waiting("t", 10))
                .extracting(waiting -> waiting.offerer().description())
                .containsExactly(Description.of(offer));
    }

    private static Try open(Peers peers, SessionToken own, String offer) {
        try {
            return new Try(
                    offer,
                    Optional.of(
                            peers.join(offer(offer).code("wanted").topic("t").token(own))));
        } catch (CodeTaken refusal) {
            return new Try(offer, Optional.empty());
        }
    }

    @Test
    void aCallConcurrentWithAnOpeningSeesAllOrNothingOfIt() throws Exception {
        repeat(this::raceWithAnOpening);
    }

    /** The session is opened and closed concurrently, but no call sees another offerer's session, or a full one. */
    private void raceWithAnOpening(ConcurrentCalls race, Random random) throws Exception {
        Peers peers = Peers.inNewNamespace(signaling);
        SessionToken offerer = newToken();
        var session =
                new TestSession(signaling, new SessionKey(peers.namespace(), new Code("wanted")), offerer, newToken());
        var calls = new ArrayList<Callable<String>>();
        while (calls.size() < ConcurrentCalls.WAYS) {
            String answer = "answer " + calls.size();
            calls.add(
                    switch (random.nextInt(5)) {
                        case 0, 1 ->
                            () -> outcome(
                                    () -> peers.join(offer("o").code("wanted").token(offerer)));
                        case 2 -> () -> outcome(session::close);
                        case 3 -> () -> outcome(() -> session.extend(offerer, Duration.ofMinutes(1)));
                        default -> () -> outcome(() -> session.answer(newToken(), answer, null, Trickle.NOTHING));
                    });
        }

        ConcurrentCalls.Result<String, Boolean> result = race.run(calls, over -> true);

        assertThat(result.calls()).isSubsetOf("done", "session-not-found", "already-answered");
    }

    private static String outcome(Runnable call) {
        try {
            call.run();
            return "done";
        } catch (SignalingException refusal) {
            return refusal.type();
        }
    }

    /** Reads new events until the race is over and there are no more, and returns all of them. */
    private static List<Event> watch(TestSession session, ConcurrentCalls.Finish over) {
        var seen = new ArrayList<Event>();
        while (true) {
            boolean last = over.isReached();
            List<Event> piece = session.events(seen.size(), 1 + seen.size() % 7);
            for (Event event : piece) {
                seen.add(event);
                assertThat(event.seq()).as("the number behind those seen").isEqualTo(seen.size());
            }
            assertOneState(session.session(), seen.size());
            if (last && piece.isEmpty()) {
                return seen;
            }
        }
    }

    /** A snapshot contains all events up to its number, because all are of one generation. */
    private static void assertOneState(Session session, int seqSeen) {
        assertThat(session.seq()).isGreaterThanOrEqualTo(seqSeen);
        assertThat(events(session.offerer()) + events(session.answerer())).isEqualTo(session.seq());
    }

    private static long events(SideState state) {
        return (state.description() == null ? 0L : 1L) + state.candidates().size() + (state.end() ? 1 : 0);
    }
}
