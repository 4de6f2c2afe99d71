package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.ServiceUnderTest.Watched;
import dev.parley.campaigns.histories.Workload.Role;
import dev.parley.campaigns.histories.Workload.Step;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Workload}: each peer has a thread, and all act concurrently. Their calls are recorded, and an auditor reads the final
 * state.
 *
 * <p>Waiters wait until all other peers have finished or wait too. Then their time is up; a waiter that was not notified of an existing event
 * is a violation.
 */
final class WorkloadRun {
    private static final int REPLY_SECONDS_MAX = 120;
    private static final int TOPICS = 2;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);
    private static final String AUDITOR = "the auditor";

    private final ServiceUnderTest service;
    private final RecordedClock clock;
    private final Workload script;
    private final Duration notifiedWithin;
    private final Map<SessionKey, HistoryRecorder> recordings = new LinkedHashMap<>();
    private final Map<SessionKey, AtomicReference<@Nullable Freshness>> handed = new LinkedHashMap<>();
    private final SessionKey key;
    private final SessionKey foreign;
    private final List<Waiter> waiters = new ArrayList<>();
    private int acting;

    /** A waiting peer. */
    private record Waiter(Role role, SessionKey key, Operation.Follow operation, ServiceUnderTest.Held call) {}

    private WorkloadRun(ServiceUnderTest service, RecordedClock clock, Workload script, Duration notifiedWithin) {
        this.service = service;
        this.clock = clock;
        this.script = script;
        this.notifiedWithin = notifiedWithin;
        var code = new Code(script.name());
        this.key = new SessionKey(new Namespace("https://peers.test"), code);
        this.foreign = new SessionKey(new Namespace("https://strangers.test"), code);
        for (SessionKey one : List.of(key, foreign)) {
            recordings.put(one, new HistoryRecorder(clock));
            handed.put(one, new AtomicReference<>());
        }
    }

    /**
     * Runs the workload once; returns the histories of its session and of the one with the same code in another namespace.
     *
     * @param notifiedWithin after this time without a notification, an event counts as lost
     * @param threads for the peers, at least one for each
     */
    static List<History> perform(
            ServiceUnderTest service, RecordedClock clock, Workload script, Duration notifiedWithin, Executor threads) {
        var play = new WorkloadRun(service, clock, script, notifiedWithin);
        play.acting = script.roles().size();
        List<Watched> watched = play.watch();
        CompletableFuture<?>[] peers = script.roles().stream()
                .map(role -> CompletableFuture.runAsync(() -> play.act(role), threads))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(peers).join();
        play.audit();
        play.audit(watched);
        return play.recordings.values().stream().map(HistoryRecorder::history).toList();
    }

    /** The topics of the session, each watched at one node while the peers act. */
    private List<Watched> watch() {
        return IntStream.range(0, TOPICS)
                .mapToObj(topic -> service.watch(script.steps().get(topic).node(), key, topic))
                .flatMap(Optional::stream)
                .toList();
    }

    private void act(Role role) {
        try {
            var memory = new PeerKnowledge(role, of(handed, role));
            for (Step step : script.stepsOf(role)) {
                if (step.pauseMicros() > 0) {
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(step.pauseMicros()));
                }
                take(role, memory, step);
            }
        } finally {
            stopActing();
        }
    }

    private void take(Role role, PeerKnowledge memory, Step step) {
        Operation operation = memory.call(step);
        Freshness since = operation.onlyReads() ? memory.since(step) : new Freshness.Latest();
        HistoryRecorder recording = of(recordings, role);
        if (step.cut()) {
            recording.begin(role.name(), step.node(), operation, since);
            service.callAndHangUp(step.node(), key(role), operation, since);
        }
        HistoryRecorder.Begun call = recording.begin(role.name(), step.node(), operation, since);
        ReplyContext reply = operation instanceof Operation.Follow follow && follow.waits()
                ? await(role, step.node(), follow, since)
                : service.call(step.node(), key(role), operation, since);
        call.end(reply);
        memory.received(call.number(), operation, reply);
    }

    private ReplyContext await(Role role, int node, Operation.Follow operation, Freshness since) {
        var waiter = new Waiter(role, key(role), operation, service.await(node, key(role), operation, since));
        synchronized (this) {
            waiters.add(waiter);
        }
        stopActing();
        try {
            return waiter.call.reply().get(REPLY_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return ReplyContext.broken("no reply within " + REPLY_SECONDS_MAX + " s");
        } catch (Exception e) {
            throw new CompletionException(e);
        } finally {
            synchronized (this) {
                waiters.remove(waiter);
                acting++;
            }
        }
    }

    private void stopActing() {
        List<Waiter> all;
        synchronized (this) {
            acting--;
            all = acting == 0 ? List.copyOf(waiters) : List.of();
        }
        all.forEach(this::release);
    }

    /**
     * All peers wait or have finished: waiters with new events must be notified, and the others continue. The clock is stopped meanwhile;
     * otherwise most sessions would expire, and a lost notification would read like expiry.
     */
    private void release(Waiter waiter) {
        clock.stop();
        try {
            if (waiter.call.isOwedNews()) {
                waiter.call.reply().get(notifiedWithin.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (TimeoutException e) {
            leave(waiter);
        } catch (Exception e) {
            throw new CompletionException(e);
        } finally {
            clock.go();
        }
        waiter.call.timeUp();
    }

    /** Unless the session has ended, so that there is no event any more. */
    private void leave(Waiter waiter) {
        if (waiter.call.isOwedNews()) {
            of(recordings, waiter.role)
                    .leave(waiter.role.name() + " waits behind " + waiter.operation.after() + " and is told nothing");
        }
    }

    private void audit() {
        for (Map.Entry<SessionKey, HistoryRecorder> one : recordings.entrySet()) {
            Freshness last = Objects.requireNonNull(handed.get(one.getKey())).get();
            for (int node = 0; node < service.nodes(); node++) {
                read(one.getKey(), one.getValue(), node, new Operation.Follow(0, 1_000, false), new Freshness.Latest());
                read(
                        one.getKey(),
                        one.getValue(),
                        node,
                        new Operation.ReadSession(),
                        last == null ? new Freshness.Latest() : last);
            }
            auditPushes(one.getKey(), one.getValue());
        }
    }

    /** What the watchers have received must become the list, without another commit. */
    private void audit(List<Watched> watched) {
        clock.stop();
        try {
            for (Watched one : watched) {
                long began = System.nanoTime();
                Optional<String> difference = one.difference();
                while (difference.isPresent() && System.nanoTime() - began < notifiedWithin.toNanos()) {
                    LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                    difference = one.difference();
                }
                difference.ifPresent(
                        what -> Objects.requireNonNull(recordings.get(key)).leave("A watcher has " + what));
                one.close();
            }
        } finally {
            clock.go();
        }
    }

    /** Peers receive each event of what they still watch; the clock is stopped meanwhile, so that none of it expires. */
    private void auditPushes(SessionKey from, HistoryRecorder recording) {
        List<PushLog> logs = service.pushes(from);
        if (logs.isEmpty()) {
            return;
        }
        clock.stop();
        try {
            OperationResult now = service.call(0, from, new Operation.ReadSession(), new Freshness.Latest())
                    .result();
            for (PushLog log : logs) {
                if (now instanceof OperationResult.Seen seen
                        && !log.receives(PushLog.incarnation(String.valueOf(seen.tag())), seen.seq(), notifiedWithin)) {
                    recording.leave(log + " is not pushed event " + seen.seq());
                }
            }
        } finally {
            clock.go();
        }
        logs.forEach(log -> {
            log.close();
            log.record(recording);
        });
        service.pushes(from).forEach(PushLog::close);
    }

    private void read(SessionKey from, HistoryRecorder recording, int node, Operation operation, Freshness since) {
        HistoryRecorder.Begun call = recording.begin(AUDITOR, node, operation, since);
        call.end(service.call(node, from, operation, since));
    }

    private SessionKey key(Role role) {
        return role.stranger() ? foreign : key;
    }

    private <T> T of(Map<SessionKey, T> map, Role role) {
        T value = map.get(key(role));
        if (value == null) {
            throw new IllegalStateException("No session of " + role);
        }
        return value;
    }
}
