package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** A service that does everything as the one behind it; a fault overrides what it does otherwise. */
class DelegatingService<S extends ServiceUnderTest> implements ServiceUnderTest {
    final S sound;

    DelegatingService(S sound) {
        this.sound = sound;
    }

    @Override
    public int nodes() {
        return sound.nodes();
    }

    @Override
    public ReplyContext ask(int node, SessionKey key, Operation ask, Freshness since) {
        return sound.ask(node, key, ask, since);
    }

    @Override
    public void askAndHangUp(int node, SessionKey key, Operation ask, Freshness since) {
        sound.askAndHangUp(node, key, ask, since);
    }

    @Override
    public Held await(int node, SessionKey key, Operation.Follow ask, Freshness since) {
        return sound.await(node, key, ask, since);
    }

    @Override
    public void close() {
        sound.close();
    }
}
