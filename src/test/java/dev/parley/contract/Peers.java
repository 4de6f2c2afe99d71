package dev.parley.contract;

import static dev.parley.contract.Awaited.result;

import dev.parley.session.Listing;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Namespace;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.TopicPage;
import dev.parley.session.TopicPage.TopicCount;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The peers of one namespace that no other test uses; each call waits for its result. */
record Peers(Signaling signaling, Namespace namespace) {
    static Peers inNewNamespace(Signaling signaling) {
        return new Peers(signaling, new Namespace("https://" + UUID.randomUUID() + ".example"));
    }

    /** Opens a session with the token of the draft, or a new one. */
    TestSession open(OpeningBuilder draft) {
        SessionToken offerer = draft.token() == null ? TestValues.newToken() : draft.token();
        return rendezvous(join(draft.token(offerer)), offerer);
    }

    /** Opens a session, answered with {@code answer} under the answerer's token. */
    TestSession openAnswered(OpeningBuilder draft, String answer) {
        TestSession rendezvous = open(draft);
        rendezvous.answer(answer);
        return rendezvous;
    }

    /** Opens a session as the compatible API does, without tokens. */
    TestSession openWithoutToken(OpeningBuilder draft) {
        return rendezvous(joinWithoutToken(draft), TestValues.newToken());
    }

    Joined join(OpeningBuilder draft) {
        return result(signaling.open(namespace, draft.opening()));
    }

    Joined joinWithoutToken(OpeningBuilder draft) {
        return result(signaling.openWithoutToken(namespace, draft.opening()));
    }

    Page<Listing> discover(@Nullable String topic, @Nullable String tag, @Nullable Cursor after, int limit) {
        return result(signaling.discover(ReadFrom.PRIMARY, namespace, topic, tag, after, limit));
    }

    /** The codes of all open sessions with that topic and tag. */
    List<String> codes(@Nullable String topic, @Nullable String tag) {
        return codes(discover(topic, tag, null, 1_000));
    }

    static List<String> codes(Page<Listing> page) {
        return page.items().stream().map(listing -> listing.code().text()).toList();
    }

    List<Waiting> waiting(String topic, int limit) {
        return result(signaling.waiting(ReadFrom.PRIMARY, namespace, topic, limit));
    }

    Page<TopicCount> topics(String prefix, @Nullable Cursor after, int limit) {
        return result(signaling.topics(ReadFrom.PRIMARY, namespace, prefix, after, limit));
    }

    /** All topics that begin with {@code prefix}. */
    List<String> topics(String prefix) {
        return topics(prefix, null, 1_000).items().stream()
                .map(TopicCount::topic)
                .toList();
    }

    TopicPage topicPage(int offset, int limit) {
        return result(signaling.topicPage(ReadFrom.PRIMARY, namespace, offset, limit));
    }

    private TestSession rendezvous(Joined joined, SessionToken offerer) {
        return new TestSession(signaling, new SessionKey(namespace, joined.code()), offerer, TestValues.newToken());
    }
}
