package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.List;

/** Acknowledges a repeated call, and keeps nothing of what it brings that the first one did not. */
final class DroppedCandidates extends DelegatingService<InProcessService> {
    DroppedCandidates(InProcessService sound) {
        super(sound);
    }

    @Override
    public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
        boolean repeated = ask.bringsMore()
                && sound.ask(node, key, new Operation.Look(), new Freshness.Now())
                                .told()
                        instanceof OperationResult.Seen seen
                && (ask instanceof Operation.Open || seen.answerer().description() != null);
        return sound.ask(node, key, repeated ? withoutCandidates(ask) : ask, since);
    }

    private static Operation withoutCandidates(Operation ask) {
        if (ask instanceof Operation.Open open) {
            return new Operation.Open(open.token(), open.offer(), List.of(), false, open.ttlSeconds(), open.topic());
        }
        return ask instanceof Operation.Answer answer
                ? new Operation.Answer(answer.token(), answer.answer(), answer.generation(), List.of(), false)
                : ask;
    }
}
