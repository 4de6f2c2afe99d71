package dev.parley.http.wait;

import dev.parley.session.Event;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Something that is asked again and again until the answer has news; see {@link LongPoll}. */
interface WaitQuestion<T> {
    CompletionStage<Served<T>> ask(ReadFrom from);

    boolean isNews(T answer);

    /** Which session the answer is about: its code may have been another's before. */
    long incarnation(T answer);

    /** When that session expires, as it is now. */
    Instant expiresAt(T answer);

    /** The answer to those who waited when the session was deleted; empty where it is what anybody is told from then on. */
    Optional<T> answerAtClosing(Event.Closed last, long incarnation);
}
