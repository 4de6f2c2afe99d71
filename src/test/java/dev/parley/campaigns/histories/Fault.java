package dev.parley.campaigns.histories;

import dev.parley.store.Database;
import dev.parley.waiting.WaitRegistry;

/** What a world is made of, and where a {@link Mutant} can put something else in. */
interface Fault {
    /** A world without one. */
    Fault NONE = new Fault() {};

    default Database database(Database sound) {
        return sound;
    }

    /** Whom the use cases tell of their commits. */
    default WaitRegistry told(WaitRegistry sound) {
        return sound;
    }

    default ServiceUnderTest service(InProcessService sound, RecordedClock clock) {
        return sound;
    }
}
