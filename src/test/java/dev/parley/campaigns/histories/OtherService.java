package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;

/** A service that does everything as the one behind it; a fault overrides what it does otherwise. */
class OtherService<S extends Service> implements Service {
    final S sound;

    OtherService(S sound) {
        this.sound = sound;
    }

    @Override
    public int nodes() {
        return sound.nodes();
    }

    @Override
    public Reply ask(int node, SessionKey key, Ask ask, Since since) {
        return sound.ask(node, key, ask, since);
    }

    @Override
    public void askAndHangUp(int node, SessionKey key, Ask ask, Since since) {
        sound.askAndHangUp(node, key, ask, since);
    }

    @Override
    public Held await(int node, SessionKey key, Ask.Follow ask, Since since) {
        return sound.await(node, key, ask, since);
    }

    @Override
    public void close() {
        sound.close();
    }
}
