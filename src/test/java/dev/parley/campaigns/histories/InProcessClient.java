package dev.parley.campaigns.histories;

import static dev.parley.campaigns.histories.DomainMapping.content;
import static dev.parley.campaigns.histories.DomainMapping.events;
import static dev.parley.campaigns.histories.DomainMapping.found;
import static dev.parley.campaigns.histories.DomainMapping.seen;
import static dev.parley.campaigns.histories.DomainMapping.tag;
import static dev.parley.campaigns.histories.DomainMapping.token;
import static dev.parley.campaigns.histories.DomainMapping.topic;
import static dev.parley.campaigns.histories.DomainMapping.trickle;
import static dev.parley.campaigns.histories.DomainMapping.versions;

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

/** Calls the use cases of a node. */
final class InProcessClient {
    private static final int FOUND_MAX = 1_000;

    private InProcessClient() {}

    static CompletionStage<Served<OperationResult>> call(
            Signaling signaling, SessionKey key, Operation operation, ReadFrom from) {
        if (operation instanceof Operation.Open open) {
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
                    DomainMapping::joined);
        }
        if (operation instanceof Operation.Answer answer) {
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
                    DomainMapping::joined);
        }
        if (operation instanceof Operation.Trickle trickle) {
            return as(
                    signaling.trickle(
                            key,
                            token(trickle.token()),
                            trickle(trickle.candidates(), trickle.end()),
                            trickle.generation()),
                    trickled -> new OperationResult.Trickled(trickled.seq(), trickled.added()));
        }
        if (operation instanceof Operation.TrickleAs trickle) {
            return as(
                    signaling.trickleAs(
                            key, trickle.side(), token(trickle.token()), trickle(List.of(trickle.candidate()), false)),
                    trickled -> new OperationResult.Trickled(trickled.seq(), trickled.added()));
        }
        if (operation instanceof Operation.Restart restart) {
            return as(
                    signaling.restart(
                            key, token(restart.token()), versions(restart.tag()), Description.of(restart.offer())),
                    DomainMapping::joined);
        }
        if (operation instanceof Operation.Extend extend) {
            return as(
                    signaling.extend(key, token(extend.token()), Duration.ofSeconds(extend.ttlSeconds())),
                    version -> new OperationResult.Extended(version.expiresAt().toEpochMilli(), tag(version)));
        }
        if (operation instanceof Operation.Close close) {
            return as(signaling.close(key, token(close.token())), place -> new OperationResult.Done());
        }
        return read(signaling, key, (Operation.Read) operation, from);
    }

    private static CompletionStage<Served<OperationResult>> read(
            Signaling signaling, SessionKey key, Operation.Read operation, ReadFrom from) {
        if (operation instanceof Operation.Follow follow) {
            return as(signaling.events(from, key, follow.after(), follow.limit()), events -> events(events.list()));
        }
        if (operation instanceof Operation.Poll poll) {
            return as(
                    signaling.side(from, key, poll.side().other()),
                    said -> new OperationResult.SideRead(content(said), true));
        }
        if (operation instanceof Operation.Find find) {
            return as(
                    signaling.waiting(from, key.namespace(), topic(key, find.topic()), FOUND_MAX),
                    waiting -> found(key, waiting));
        }
        return as(
                signaling.session(from, key),
                session -> operation.tag() != null && operation.tag().text().equals(tag(session.version()))
                        ? new OperationResult.NotModified()
                        : seen(session));
    }

    private static <T> CompletionStage<Served<OperationResult>> as(
            CompletionStage<Served<T>> stage, Function<T, OperationResult> words) {
        return stage.thenApply(served -> served.with(words.apply(served.result())));
    }
}
