package dev.parley.histories;

import dev.parley.feed.Feed;
import dev.parley.store.Database;
import dev.parley.store.Neighbours.Ear;
import java.util.function.Supplier;

/** What a world is made of, and where a {@link Mutant} can put something else in. */
interface Fault {
    /** A world without one. */
    Fault NONE = new Fault() {};

    /** @param ear wakes all who wait at the node */
    default Database database(Database sound, Supplier<Ear> ear) {
        return sound;
    }

    /** Whom the use cases tell of their commits. */
    default Feed told(Feed sound) {
        return sound;
    }

    default Service service(InProcess sound, Clockwork clock) {
        return sound;
    }
}
