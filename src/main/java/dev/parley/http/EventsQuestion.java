package dev.parley.http;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What has happened behind number {@code after}? */
record EventsQuestion(Signaling signaling, SessionKey key, long after, int limit) implements Question<List<Event>> {
    @Override
    public CompletionStage<Served<List<Event>>> ask(ReadFrom from) {
        return signaling.events(from, key, after, limit);
    }

    @Override
    public boolean isNews(List<Event> events) {
        return !events.isEmpty();
    }

    @Override
    public CompletionStage<Served<List<Event>>> answerAtClosing(Served<Event.Closed> last) {
        return last.result().seq() > after
                ? CompletableFuture.completedStage(last.with(List.of(last.result())))
                : ask(ReadFrom.PRIMARY);
    }
}
