package dev.parley.http.wait;

import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What has happened behind number {@code after}? */
public record EventsQuestion(Signaling signaling, SessionKey key, long after, int limit)
        implements WaitQuestion<Events> {
    @Override
    public CompletionStage<Served<Events>> ask(ReadFrom from) {
        return signaling.events(from, key, after, limit);
    }

    @Override
    public boolean isNews(Events events) {
        return !events.list().isEmpty();
    }

    @Override
    public long incarnation(Events events) {
        return events.incarnation();
    }

    @Override
    public Instant expiresAt(Events events) {
        return events.expiresAt();
    }

    @Override
    public Optional<Events> answerAtClosing(Event.Closed last, long incarnation) {
        return last.seq() > after
                ? Optional.of(new Events(List.of(last), incarnation, Instant.EPOCH))
                : Optional.empty();
    }
}
