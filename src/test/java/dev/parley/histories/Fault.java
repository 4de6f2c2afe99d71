package dev.parley.histories;

import dev.parley.feed.Feed;
import dev.parley.store.Database;

/** What a world is made of, and where a {@link Mutant} can put something else in. */
interface Fault {
    /** A world without one. */
    Fault NONE = new Fault() {};

    default Database database(Database sound) {
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
