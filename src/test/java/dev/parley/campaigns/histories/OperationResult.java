package dev.parley.campaigns.histories;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The reply to an {@link Operation}. A null component is not part of the reply of the API that was called. */
sealed interface OperationResult {
    /** Whether this reply is valid if {@code expected} is the complete one. */
    default boolean fits(OperationResult expected) {
        return equals(expected);
    }

    /** The entity tag of the reply, or null. */
    default @Nullable String tag() {
        return null;
    }

    private static boolean agrees(@Nullable Object result, Object truth) {
        return result == null || result.equals(truth);
    }

    /** @param expiresAt in milliseconds of the Unix epoch */
    record Joined(
            long seq,
            int generation,
            @Nullable Long expiresAt,
            boolean replay,
            @Nullable String tag) implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof Joined truth
                    && seq == truth.seq
                    && generation == truth.generation
                    && replay == truth.replay
                    && agrees(expiresAt, Objects.requireNonNull(truth.expiresAt));
        }
    }

    /** Success without further content. */
    record Done() implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return !(expected instanceof Refused);
        }
    }

    record Trickled(long seq, int added) implements OperationResult {}

    record Extended(@Nullable Long expiresAt, @Nullable String tag) implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof Extended truth && agrees(expiresAt, Objects.requireNonNull(truth.expiresAt));
        }
    }

    record Seen(
            int generation,
            long seq,
            SideContent offerer,
            SideContent answerer,
            @Nullable Long expiresAt,
            @Nullable String tag)
            implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof Seen truth
                    && agrees(expiresAt, Objects.requireNonNull(truth.expiresAt))
                    && equals(new Seen(truth.generation, truth.seq, truth.offerer, truth.answerer, expiresAt, tag));
        }
    }

    /** The condition matched. */
    record NotModified() implements OperationResult {}

    record EventsRead(List<ObservedEvent> events) implements OperationResult {}

    /** @param endKnown whether the reply includes the end of candidates */
    record SideRead(SideContent content, boolean endKnown) implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof SideRead truth
                    && content.equals(endKnown ? truth.content : truth.content.withoutEnd());
        }
    }

    /**
     * @param there whether the session is listed
     * @param offerer as listed; null if it is not listed or the list has no offers
     */
    record Found(boolean there, @Nullable SideRead offerer) implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof Found truth
                    && there == truth.there
                    && (offerer == null || offerer.fits(Objects.requireNonNull(truth.offerer)));
        }
    }

    /** @param type of the problem */
    record Refused(String type) implements OperationResult {}

    /** A reply that is invalid without a fault: an outage, silence, or unreadable content. */
    record Broken(String how) implements OperationResult {}
}
