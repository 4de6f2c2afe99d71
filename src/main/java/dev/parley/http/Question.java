package dev.parley.http;

import dev.parley.session.Event;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.util.concurrent.CompletionStage;

/** Something that is asked again and again until the answer has news; see {@link LongPoll}. */
interface Question<T> {
    CompletionStage<Served<T>> ask(ReadFrom from);

    boolean isNews(T answer);

    /** The answer to those who waited when the session was deleted. */
    CompletionStage<Served<T>> answerAtClosing(Served<Event.Closed> last);
}
