package dev.parley.campaigns.histories;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The states of a code, the latest first. Each change adds one; a replica shows one of them.
 *
 * @param version the number of earlier states
 * @param begun when the call of the change began
 */
record ModelHistory(
        Model moment, int version, long begun, @Nullable ModelHistory before, int hash) {
    static final ModelHistory BEGINNING = new ModelHistory(Model.NOTHING, 0, -1, null, 1);

    ModelHistory then(Model next, long begun) {
        return new ModelHistory(
                next, version + 1, begun, this, 31 * (31 * hash + next.hashCode()) + Long.hashCode(begun));
    }

    /** The state of a version. */
    ModelHistory at(int version) {
        ModelHistory past = this;
        while (past.version > version) {
            past = Objects.requireNonNull(past.before);
        }
        return past;
    }

    /** Compares all states, most of which are the same objects. */
    @Override
    public boolean equals(@Nullable Object other) {
        ModelHistory one = this;
        ModelHistory two = other instanceof ModelHistory past ? past : null;
        while (one != two) {
            if (one == null
                    || two == null
                    || one.hash != two.hash
                    || one.begun != two.begun
                    || !one.moment.equals(two.moment)) {
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
