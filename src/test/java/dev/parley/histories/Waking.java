package dev.parley.histories;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.store.Neighbours;
import dev.parley.store.Served;
import org.jspecify.annotations.Nullable;

/** Neighbours as they are, with the ear that they tell at hand. */
final class Waking implements Neighbours {
    private final Neighbours neighbours;
    private @Nullable Ear ear;

    Waking(Neighbours neighbours) {
        this.neighbours = neighbours;
    }

    Ear ear() {
        if (ear == null) {
            throw new IllegalStateException("Nobody listens yet");
        }
        return ear;
    }

    @Override
    public void listen(Ear one) {
        ear = one;
        neighbours.listen(one);
    }

    @Override
    public void committed(SessionKey key) {
        neighbours.committed(key);
    }

    @Override
    public void closed(SessionKey key, Served<Event.Closed> last) {
        neighbours.closed(key, last);
    }

    @Override
    public void close() {
        neighbours.close();
    }
}
