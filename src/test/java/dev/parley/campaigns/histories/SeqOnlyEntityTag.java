package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** Takes a session for unchanged as long as its latest event has the same number, whichever session it is. */
final class SeqOnlyEntityTag extends DelegatingService<InProcessService> {
    SeqOnlyEntityTag(InProcessService sound) {
        super(sound);
    }

    @Override
    public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
        if (!(ask instanceof Operation.Look look) || look.tag() == null) {
            return sound.ask(node, key, ask, since);
        }
        ReplyContext reply = sound.ask(node, key, new Operation.Look(), since);
        return number(look.tag().text())
                        .equals(
                                reply.told().tag() == null
                                        ? ""
                                        : number(reply.told().tag()))
                ? new ReplyContext(new OperationResult.NotModified(), reply.bookmark(), reply.primary(), reply.reset())
                : reply;
    }

    private static String number(String tag) {
        return tag.split(" ", -1)[1];
    }
}
