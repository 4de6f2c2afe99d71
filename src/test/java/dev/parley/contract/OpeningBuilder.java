package dev.parley.contract;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.SessionToken;
import dev.parley.session.Trickle;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Builds an opening; fields that a test does not set are left out. */
final class OpeningBuilder {
    private final Description offer;
    private @Nullable Code code;
    private @Nullable String topic;
    private @Nullable String peerId;
    private List<String> tags = List.of();
    private Trickle trickle = Trickle.NOTHING;
    private @Nullable Duration ttl;
    private @Nullable SessionToken token;

    private OpeningBuilder(String offer) {
        this.offer = Description.of(offer);
    }

    static OpeningBuilder offer(String sdp) {
        return new OpeningBuilder(sdp);
    }

    OpeningBuilder code(String text) {
        code = new Code(text);
        return this;
    }

    OpeningBuilder topic(String topic) {
        this.topic = topic;
        return this;
    }

    OpeningBuilder peerId(String peerId) {
        this.peerId = peerId;
        return this;
    }

    OpeningBuilder tags(String... tags) {
        this.tags = List.of(tags);
        return this;
    }

    OpeningBuilder trickle(Trickle trickle) {
        this.trickle = trickle;
        return this;
    }

    OpeningBuilder ttl(Duration ttl) {
        this.ttl = ttl;
        return this;
    }

    OpeningBuilder token(SessionToken token) {
        this.token = token;
        return this;
    }

    @Nullable
    SessionToken token() {
        return token;
    }

    Opening opening() {
        return new Opening(code, topic, peerId, tags, offer, trickle, ttl, token);
    }
}
