package dev.parley.campaigns.histories;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came of an {@link Operation}. Replies tell more or less of it, by the API that was asked; what is null was not told. */
sealed interface OperationResult {
    /** Whether a reply that says {@code this} is one to be expected where {@code expected} is the whole truth. */
    default boolean fits(OperationResult expected) {
        return equals(expected);
    }

    /** The entity tag that came with it, or null where none did. */
    default @Nullable String tag() {
        return null;
    }

    private static boolean agrees(@Nullable Object result, Object truth) {
        return result == null || result.equals(truth);
    }

    /** @param expiresAt in milliseconds of the Unix epoch, as everywhere in this package */
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

    /** It was done, and the API tells no more. */
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

    /** The session is as the condition had it. */
    record NotModified() implements OperationResult {}

    record Happened(List<ObservedEvent> events) implements OperationResult {}

    /** @param endTold whether it was told if more candidates come; otherwise {@code saying} has that they do */
    record Heard(SideContent saying, boolean endTold) implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof Heard truth && saying.equals(endTold ? truth.saying : truth.saying.withoutEnd());
        }
    }

    /**
     * @param there whether the session is listed
     * @param offerer what the list says of it; null where it is not there, or the list does not say
     */
    record Found(boolean there, @Nullable Heard offerer) implements OperationResult {
        @Override
        public boolean fits(OperationResult expected) {
            return expected instanceof Found truth
                    && there == truth.there
                    && (offerer == null || offerer.fits(Objects.requireNonNull(truth.offerer)));
        }
    }

    /** @param type as a problem's type has it */
    record Refused(String type) implements OperationResult {}

    /** What no caller may be told while nothing is wrong: a fault, an outage, silence, or what cannot be read. */
    record Broken(String how) implements OperationResult {}
}
