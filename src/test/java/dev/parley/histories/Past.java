package dev.parley.histories;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All moments that a session went through, the latest first. Each change makes one more; a replica shows one of them.
 *
 * @param version how many came before
 */
record Past(Moment moment, int version, @Nullable Past before, int hash) {
    static final Past BEGINNING = new Past(Moment.NOTHING, 0, null, 1);

    Past then(Moment next) {
        return new Past(next, version + 1, this, 31 * hash + next.hashCode());
    }

    /** What the version showed. */
    Past at(int version) {
        Past past = this;
        while (past.version > version) {
            past = Objects.requireNonNull(past.before);
        }
        return past;
    }

    /** Along the whole way, which is mostly the same object from some point on. */
    @Override
    public boolean equals(@Nullable Object other) {
        Past one = this;
        Past two = other instanceof Past past ? past : null;
        while (one != two) {
            if (one == null || two == null || one.hash != two.hash || !one.moment.equals(two.moment)) {
                return false;
            }
            one = one.before;
            two = two.before;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
