package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.http.wait.TopicView;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.TopicKey;
import dev.parley.session.Trickle;
import dev.parley.signaling.Signaling;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A topic watched at one node, whose sessions are opened, answered and closed at another. Lists are read after notifications only. */
@Tag("integration")
class PostgresTopicsTest {
    private static final PostgresCluster cluster = PostgresCluster.shared();
    private static NotifyingNodes nodes;

    private final Namespace namespace = new Namespace("https://" + UUID.randomUUID() + ".example");
    private TopicView view;

    @BeforeAll
    static void start() {
        nodes = NotifyingNodes.over(cluster);
        nodes.awaitListening();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @BeforeEach
    void watch() {
        var feed = TopicView.feed(
                nodes.waiting().parley().signaling(), nodes.waiting().feed(), InstantSource.system());
        view = TopicView.of(feed, new TopicKey(namespace, "topic"));
    }

    @AfterEach
    void close() {
        view.close();
        await().until(() -> nodes.waiting().feed().size() == 0);
    }

    @Test
    void aSessionThatIsOpenedAtAnotherNodeIsSeen() {
        open(nodes.writing().parley(), "a");
        awaitCodes("a");
        open(nodes.writing().parley(), "b");
        awaitCodes("a", "b");
    }

    @Test
    void aSessionThatIsAnsweredClosedOrExtendedAtAnotherNodeIsSeen() {
        WritingPeer answered = open(nodes.writing().parley(), "answered");
        WritingPeer closed = open(nodes.writing().parley(), "closed");
        WritingPeer extended = open(nodes.writing().parley(), "extended");
        awaitCodes("answered", "closed", "extended");

        Signaling other = nodes.writing().parley().signaling();
        result(other.answer(answered.key(), Description.of("answer"), null, Trickle.NOTHING, null));
        awaitCodes("closed", "extended");
        result(other.close(closed.key(), closed.token()));
        awaitCodes("extended");
        var expiresAt = result(other.extend(extended.key(), extended.token(), Duration.ofHours(2)))
                .expiresAt();
        await().until(() ->
                view.live(InstantSource.system().instant()).get(0).expiresAt().equals(expiresAt));
        assertThat(view.contradictions()).isEmpty();
    }

    @Test
    void aCommitWithoutANotificationIsSeenWhenListeningBeginsAgain() {
        open(nodes.writing().parley(), "first");
        awaitCodes("first");
        try (PostgresNode silent = PostgresNode.over(cluster)) {
            open(silent, "silent");
            cluster.primary().ask("""
                    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'parley-listens'""");
            awaitCodes("first", "silent");
        }
    }

    private WritingPeer open(PostgresNode at, String code) {
        var peer = new WritingPeer(
                new SessionKey(namespace, new Code(code)),
                new SessionToken(UUID.randomUUID().toString()));
        result(peer.open(at));
        return peer;
    }

    private void awaitCodes(String... codes) {
        await().until(() -> List.copyOf(view.codes()).equals(List.of(codes)));
    }
}
