package dev.parley.contract;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.SessionToken;
import dev.parley.session.Trickle;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An opening in the making: what a test does not name is left out. */
final class Draft {
    private final Description offer;
    private @Nullable Code code;
    private @Nullable String topic;
    private @Nullable String peerId;
    private List<String> tags = List.of();
    private Trickle trickle = Trickle.NOTHING;
    private @Nullable Duration ttl;
    private @Nullable SessionToken token;

    private Draft(String offer) {
        this.offer = Description.of(offer);
    }

    static Draft offer(String sdp) {
        return new Draft(sdp);
    }

    Draft code(String text) {
        code = new Code(text);
        return this;
    }

    Draft topic(String topic) {
        this.topic = topic;
        return this;
    }

    Draft peerId(String peerId) {
        this.peerId = peerId;
        return this;
    }

    Draft tags(String... tags) {
        this.tags = List.of(tags);
        return this;
    }

    Draft trickle(Trickle trickle) {
        this.trickle = trickle;
        return this;
    }

    Draft ttl(Duration ttl) {
        this.ttl = ttl;
        return this;
    }

    Draft token(SessionToken token) {
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
