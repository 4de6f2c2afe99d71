package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** Wakes who waits before a change is committed; behind the commit nobody is told. */
final class PrematureNotification extends DelegatingService<InProcessService> {
    PrematureNotification(InProcessService sound) {
        super(sound);
    }

    @Override
    public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
        wakeFor(node, key, ask);
        return sound.ask(node, key, ask, since);
    }

    @Override
    public void askAndHangUp(int node, SessionKey key, Operation ask, Freshness since) {
        wakeFor(node, key, ask);
        sound.askAndHangUp(node, key, ask, since);
    }

    private void wakeFor(int node, SessionKey key, Operation ask) {
        if (!ask.onlyReads()) {
            sound.node(node).feed().committed(key);
        }
    }
}
