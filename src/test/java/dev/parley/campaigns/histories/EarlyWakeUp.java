package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** Wakes who waits before a change is committed; behind the commit nobody is told. */
final class EarlyWakeUp extends OtherService<InProcess> {
    EarlyWakeUp(InProcess sound) {
        super(sound);
    }

    @Override
    public Reply ask(int node, SessionKey key, Ask ask, Since since) {
        wakeFor(node, key, ask);
        return sound.ask(node, key, ask, since);
    }

    @Override
    public void askAndHangUp(int node, SessionKey key, Ask ask, Since since) {
        wakeFor(node, key, ask);
        sound.askAndHangUp(node, key, ask, since);
    }

    private void wakeFor(int node, SessionKey key, Ask ask) {
        if (!ask.onlyReads()) {
            sound.node(node).feed().committed(key);
        }
    }
}
