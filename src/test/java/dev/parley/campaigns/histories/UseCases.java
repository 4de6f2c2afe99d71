package dev.parley.campaigns.histories;

import static dev.parley.campaigns.histories.InWords.found;
import static dev.parley.campaigns.histories.InWords.happened;
import static dev.parley.campaigns.histories.InWords.saying;
import static dev.parley.campaigns.histories.InWords.seen;
import static dev.parley.campaigns.histories.InWords.tag;
import static dev.parley.campaigns.histories.InWords.token;
import static dev.parley.campaigns.histories.InWords.topic;
import static dev.parley.campaigns.histories.InWords.trickle;
import static dev.parley.campaigns.histories.InWords.versions;

import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Asks the use cases of a node. */
final class UseCases {
    private static final int FOUND_MAX = 1_000;

    private UseCases() {}

    static CompletionStage<Served<Told>> ask(Signaling signaling, SessionKey key, Ask ask, ReadFrom from) {
        if (ask instanceof Ask.Open open) {
            var opening = new Opening(
                    key.code(),
                    topic(key, open.topic()),
                    "peer",
                    List.of(),
                    Description.of(open.offer()),
                    trickle(open.candidates(), open.end()),
                    Duration.ofSeconds(open.ttlSeconds()),
                    token(open.token()));
            return as(
                    open.token() == null
                            ? signaling.openWithoutToken(key.namespace(), opening)
                            : signaling.open(key.namespace(), opening),
                    InWords::joined);
        }
        if (ask instanceof Ask.Answer answer) {
            Description said = Description.of(answer.answer());
            return as(
                    answer.token() == null
                            ? signaling.answerWithoutToken(key, said, null)
                            : signaling.answer(
                                    key,
                                    said,
                                    answer.generation(),
                                    trickle(answer.candidates(), answer.end()),
                                    token(answer.token())),
                    InWords::joined);
        }
        if (ask instanceof Ask.Trickle trickle) {
            return as(
                    signaling.trickle(
                            key,
                            token(trickle.token()),
                            trickle(trickle.candidates(), trickle.end()),
                            trickle.generation()),
                    trickled -> new Told.Trickled(trickled.seq(), trickled.added()));
        }
        if (ask instanceof Ask.TrickleAs trickle) {
            return as(
                    signaling.trickleAs(
                            key, trickle.side(), token(trickle.token()), trickle(List.of(trickle.candidate()), false)),
                    trickled -> new Told.Trickled(trickled.seq(), trickled.added()));
        }
        if (ask instanceof Ask.Restart restart) {
            return as(
                    signaling.restart(
                            key, token(restart.token()), versions(restart.tag()), Description.of(restart.offer())),
                    InWords::joined);
        }
        if (ask instanceof Ask.Extend extend) {
            return as(
                    signaling.extend(key, token(extend.token()), Duration.ofSeconds(extend.ttlSeconds())),
                    version -> new Told.Extended(version.expiresAt().toEpochMilli(), tag(version)));
        }
        if (ask instanceof Ask.Close close) {
            return as(signaling.close(key, token(close.token())), place -> new Told.Done());
        }
        return read(signaling, key, (Ask.Read) ask, from);
    }

    private static CompletionStage<Served<Told>> read(
            Signaling signaling, SessionKey key, Ask.Read ask, ReadFrom from) {
        if (ask instanceof Ask.Follow follow) {
            return as(signaling.events(from, key, follow.after(), follow.limit()), events -> happened(events.list()));
        }
        if (ask instanceof Ask.Poll poll) {
            return as(signaling.saidBy(from, key, poll.side().other()), said -> new Told.Heard(saying(said), true));
        }
        if (ask instanceof Ask.Find find) {
            return as(
                    signaling.waiting(from, key.namespace(), topic(key, find.topic()), FOUND_MAX),
                    waiting -> found(key, waiting));
        }
        return as(
                signaling.session(from, key),
                session -> ask.tag() != null && ask.tag().text().equals(tag(session.version()))
                        ? new Told.NotModified()
                        : seen(session));
    }

    private static <T> CompletionStage<Served<Told>> as(CompletionStage<Served<T>> stage, Function<T, Told> words) {
        return stage.thenApply(served -> served.with(words.apply(served.result())));
    }
}
