package dev.parley.store.postgresql;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Trickle;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * An offerer whose session grows by one event with each write, so that a read shows the age of its state.
 *
 * @param key its session
 */
record WritingPeer(SessionKey key, SessionToken token) {
    static WritingPeer inNoSession() {
        String code = UUID.randomUUID().toString();
        return new WritingPeer(
                new SessionKey(new Namespace("https://peer.test"), new Code(code)), new SessionToken(code));
    }

    CompletionStage<Served<Joined>> open(PostgresNode at) {
        var opening = new Opening(
                key.code(), "topic", null, List.of(), Description.of("offer"), Trickle.NOTHING, null, token);
        return at.signaling().open(key.namespace(), opening);
    }

    /** Adds one event; the result has its number. */
    CompletionStage<Served<Trickled>> trickle(PostgresNode at) {
        var candidate = new Candidate(("\"" + UUID.randomUUID() + "\"").getBytes(StandardCharsets.UTF_8));
        return at.signaling().trickle(key, token, new Trickle(List.of(candidate), false), null);
    }

    CompletionStage<Served<Session>> read(PostgresNode at, ReadFrom from) {
        return at.signaling().session(from, key);
    }
}
