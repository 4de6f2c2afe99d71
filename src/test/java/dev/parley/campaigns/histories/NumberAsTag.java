package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** Takes a session for unchanged as long as its latest event has the same number, whichever session it is. */
final class NumberAsTag extends OtherService<InProcess> {
    NumberAsTag(InProcess sound) {
        super(sound);
    }

    @Override
    public Reply ask(int node, SessionKey key, Ask ask, Since since) {
        if (!(ask instanceof Ask.Look look) || look.tag() == null) {
            return sound.ask(node, key, ask, since);
        }
        Reply reply = sound.ask(node, key, new Ask.Look(), since);
        return number(look.tag().text())
                        .equals(
                                reply.told().tag() == null
                                        ? ""
                                        : number(reply.told().tag()))
                ? new Reply(new Told.NotModified(), reply.bookmark(), reply.primary(), reply.reset())
                : reply;
    }

    private static String number(String tag) {
        return tag.split(" ", -1)[1];
    }
}
