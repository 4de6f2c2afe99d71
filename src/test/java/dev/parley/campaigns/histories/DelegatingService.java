package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.util.List;
import java.util.Optional;

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
    public Optional<Watched> watch(int node, SessionKey key, int topic) {
        return sound.watch(node, key, topic);
    }

    @Override
    public List<PushLog> pushes(SessionKey key) {
        return sound.pushes(key);
    }

    @Override
    public void close() {
        sound.close();
    }
}
