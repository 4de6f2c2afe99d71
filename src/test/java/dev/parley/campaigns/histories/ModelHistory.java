package dev.parley.campaigns.histories;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All moments that a session went through, the latest first. Each change makes one more; a replica shows one of them.
 *
 * @param version how many came before
 * @param begun when the call began that made it
 */
record ModelHistory(
        Model moment, int version, long begun, @Nullable ModelHistory before, int hash) {
    static final ModelHistory BEGINNING = new ModelHistory(Model.NOTHING, 0, -1, null, 1);

    ModelHistory then(Model next, long begun) {
        return new ModelHistory(
                next, version + 1, begun, this, 31 * (31 * hash + next.hashCode()) + Long.hashCode(begun));
    }

    /** What the version showed. */
    ModelHistory at(int version) {
        ModelHistory past = this;
        while (past.version > version) {
            past = Objects.requireNonNull(past.before);
        }
        return past;
    }

    /** Along the whole way, which is mostly the same object from some point on. */
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
