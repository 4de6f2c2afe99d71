package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.session.Event;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** How does the session stand, if not as {@code ifNoneMatch} has it? */
public record SessionQuestion(Signaling signaling, SessionKey key, EntityTags ifNoneMatch)
        implements WaitQuestion<Session> {
    @Override
    public CompletionStage<Served<Session>> ask(ReadFrom from) {
        return signaling.session(from, key);
    }

    @Override
    public boolean isNews(Session session) {
        return !ifNoneMatch.names(session.version());
    }

    @Override
    public long incarnation(Session session) {
        return session.incarnation();
    }

    @Override
    public Instant expiresAt(Session session) {
        return session.expiresAt();
    }

    @Override
    public Optional<Session> answerAtClosing(Event.Closed last, long incarnation) {
        return Optional.empty();
    }
}
