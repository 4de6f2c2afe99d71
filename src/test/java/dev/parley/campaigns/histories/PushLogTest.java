package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Side;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault of pushes is a violation, and sound pushes are not. */
class PushLogTest {
    private final PushLog log = new PushLog("A", 0, () -> {});

    private static List<ObservedEvent> candidates(int... seqs) {
        return IntStream.of(seqs)
                .mapToObj(seq -> new ObservedEvent(seq, ObservedEvent.CANDIDATE, Side.OFFERER, 1, "c" + seq))
                .toList();
    }

    private static List<ObservedEvent> closed(int seq) {
        return List.of(new ObservedEvent(seq, ObservedEvent.CLOSED, Side.OFFERER, 1, null));
    }

    static Stream<List<List<ObservedEvent>>> faults() {
        return Stream.of(
                List.of(candidates(4)), // the first commit is missed
                List.of(candidates(3), candidates(5)), // lost
                List.of(candidates(3), candidates(3)), // double
                List.of(candidates(4), candidates(3)), // another order
                List.of(candidates(3, 5)),
                List.of(closed(3), candidates(4)),
                List.of(closed(2)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void faultyPushesAreViolations(List<List<ObservedEvent>> pushes) {
        log.begin(2, "1");
        pushes.forEach(log::received);

        assertThat(isBroken()).isTrue();
    }

    @Test
    void soundPushesAreNone() {
        log.begin(2, "1");
        log.received(candidates(3, 4));
        log.received(closed(7));
        log.begin(1, "2");
        log.received(candidates(2));
        log.begin(1, "2");
        log.received(candidates(2, 3));

        assertThat(isBroken()).isFalse();
    }

    @Test
    void aMissingPushIsNoticed() {
        log.begin(2, "1");
        log.received(candidates(3));

        assertThat(log.receives("1", 3, Duration.ofMinutes(2))).isTrue();
        assertThat(log.receives("2", 4, Duration.ofMinutes(2))).isTrue();
        assertThat(log.receives("1", 4, Duration.ofMillis(1))).isFalse();
        log.end();
        assertThat(log.receives("1", 4, Duration.ofMinutes(2))).isTrue();
    }

    private boolean isBroken() {
        var recorder = new HistoryRecorder(RecordedClock.unseen());
        log.record(recorder);
        return recorder.history().calls().stream().anyMatch(call -> call.result() instanceof OperationResult.Broken);
    }
}
