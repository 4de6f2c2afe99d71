package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.List;

/** Acknowledges a repeated call, and keeps nothing of what it brings that the first one did not. */
final class DroppedCandidates extends OtherService<InProcess> {
    DroppedCandidates(InProcess sound) {
        super(sound);
    }

    @Override
    public Reply ask(int node, SessionKey key, Ask ask, Since since) {
        boolean repeated = ask.bringsMore()
                && sound.ask(node, key, new Ask.Look(), new Since.Now()).told() instanceof Told.Seen seen
                && (ask instanceof Ask.Open || seen.answerer().description() != null);
        return sound.ask(node, key, repeated ? withoutCandidates(ask) : ask, since);
    }

    private static Ask withoutCandidates(Ask ask) {
        if (ask instanceof Ask.Open open) {
            return new Ask.Open(open.token(), open.offer(), List.of(), false, open.ttlSeconds(), open.topic());
        }
        return ask instanceof Ask.Answer answer
                ? new Ask.Answer(answer.token(), answer.answer(), answer.generation(), List.of(), false)
                : ask;
    }
}
