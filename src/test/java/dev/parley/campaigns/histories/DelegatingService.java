package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** A service that delegates to a sound one; a fault overrides some methods. */
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
    public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
        return sound.call(node, key, operation, since);
    }

    @Override
    public void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since) {
        sound.callAndHangUp(node, key, operation, since);
    }

    @Override
    public Held await(int node, SessionKey key, Operation.Follow operation, Freshness since) {
        return sound.await(node, key, operation, since);
    }

    @Override
    public void close() {
        sound.close();
    }
}
