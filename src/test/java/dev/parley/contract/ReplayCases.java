package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.newToken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.session.SessionKey;
import dev.parley.session.TopicKey;
import dev.parley.signaling.Signaling;
import dev.parley.waiting.NodeNotifications;
import dev.parley.waiting.RecordingWaiter;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.Wait;
import dev.parley.waiting.WaitRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A commit whose reply was lost may have notified nobody, as when a connection breaks in COMMIT: the repeated request notifies instead.
 * The first requests of these cases are made where nobody waits.
 */
interface ReplayCases extends StoreUnderTest {
    String TOPIC = "chess";

    /** The use cases of a node with these waiting clients. */
    Signaling signaling(WaitRegistry registry);

    private Signaling unnotified() {
        return signaling(TestWaitRegistries.nobodyWaits());
    }

    @Test
    default void aRepeatedAnswerNotifies() {
        TestSession session = peers().open(offer("o").topic(TOPIC));
        var lost = new TestSession(unnotified(), session.key(), session.offerer(), session.answerer());
        lost.answer("a");

        var notified = new Notified(session.key());
        Signaling again = signaling(notified.registry);
        var repeating = new TestSession(again, session.key(), session.offerer(), session.answerer());
        assertThat(repeating.answer("a").replay()).isTrue();
        notified.assertAll();
    }

    @Test
    default void aRepeatedCreateNotifies() {
        OpeningBuilder draft = offer("o").topic(TOPIC).code("lost").token(newToken());
        TestSession lost = new Peers(unnotified(), peers().namespace()).open(draft);

        var notified = new Notified(lost.key());
        Signaling again = signaling(notified.registry);
        assertThat(new Peers(again, peers().namespace()).join(draft).replay()).isTrue();
        notified.assertAll();
    }

    /** Everybody who is notified of a session and its topic: a client and a list of the same node, and the other nodes. */
    final class Notified implements NodeNotifications {
        private final TopicKey topic;
        private final SessionKey session;
        private final List<Object> otherNodes = new ArrayList<>();
        private final AtomicInteger lists = new AtomicInteger();
        private final RecordingWaiter waiter = new RecordingWaiter();
        private final WaitRegistry registry = TestWaitRegistries.among(this);
        private final Wait wait;

        Notified(SessionKey session) {
            this.session = session;
            this.topic = new TopicKey(session.namespace(), TOPIC);
            this.wait = TestWaitRegistries.join(registry, session, waiter);
            registry.listen(topic, lists::incrementAndGet);
        }

        void assertAll() {
            assertThat(otherNodes).containsExactly(session, topic);
            assertThat(lists).hasValue(1);
            await().until(() -> waiter.calls().equals(List.of("check")));
            wait.leave();
        }

        @Override
        public void listen(Listener listener) {}

        @Override
        public void committed(SessionKey committed) {
            otherNodes.add(committed);
        }

        @Override
        public void committed(TopicKey committed) {
            otherNodes.add(committed);
        }

        @Override
        public void close() {}
    }
}
