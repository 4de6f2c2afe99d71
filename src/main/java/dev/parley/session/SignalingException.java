package dev.parley.session;

import java.time.Duration;

/**
 * Why something was refused, in the terms of the caller: a stable type, a title, and a detail that says what to do next. A
 * refusal changes nothing. The status is the one that HTTP gives to the matter (RFC 9110, section 15; RFC 6585).
 */
public abstract sealed class SignalingException extends RuntimeException {
    private final int status;
    private final String type;
    private final String title;

    private SignalingException(int status, String type, String title, String detail) {
        // Refusals are answers, not accidents: a stack trace would cost more than the work that was refused.
        super(detail, null, false, false);
        this.status = status;
        this.type = type;
        this.title = title;
    }

    public int status() {
        return status;
    }

    /** The last segment of the problem's type URI; it never changes once published. */
    public String type() {
        return type;
    }

    public String title() {
        return title;
    }

    /** What happened and what the caller can do about it. */
    public String detail() {
        String detail = getMessage();
        return detail == null ? title : detail;
    }

    /** The request cannot be understood. */
    public static final class Malformed extends SignalingException {
        public Malformed(String detail) {
            super(400, "malformed", "Malformed request", detail);
        }
    }

    /** A side's secret is needed and was not sent. */
    public static final class TokenMissing extends SignalingException {
        public TokenMissing() {
            super(401, "session-token-missing", "Session token missing", "Send this side's token as Session-Token.");
        }
    }

    /** The secret that was sent is not the one of the side that may do this. */
    public static final class TokenRefused extends SignalingException {
        public TokenRefused(String detail) {
            super(403, "session-token-refused", "Session token refused", detail);
        }
    }

    /** There is no such session here: it never was, it expired, it was deleted, or it is another namespace's. */
    public static final class SessionNotFound extends SignalingException {
        public SessionNotFound() {
            super(
                    404,
                    "session-not-found",
                    "Session not found",
                    "No live session has this code in this namespace; open a new one or check the code.");
        }
    }

    /** Another session lives under the wanted code. */
    public static final class CodeTaken extends SignalingException {
        public CodeTaken() {
            this("A live session has this code; choose another, or leave code out.");
        }

        private CodeTaken(String detail) {
            super(409, "code-taken", "Code taken", detail);
        }

        /** The caller has opened this session itself, with another value in {@code field}, so this is no repetition. */
        public static CodeTaken openedWithAnother(String field) {
            return new CodeTaken("You have opened the session of this code with another " + field
                    + "; repeat the request unchanged, or choose another code.");
        }

        /** The caller has opened this session itself, and its offer has been replaced since. */
        public static CodeTaken continued() {
            return new CodeTaken("You have opened the session of this code, and its offer has been replaced since;"
                    + " add candidates with POST …/candidates.");
        }
    }

    /** The generation has its answer, and keeps it. */
    public static final class AlreadyAnswered extends SignalingException {
        public AlreadyAnswered(int generation) {
            super(
                    409,
                    "already-answered",
                    "Already answered",
                    "Generation " + generation + " has its answer; look for another session or wait for a new offer.");
        }
    }

    /** The request speaks of a generation that is not the current one. */
    public static final class OtherGeneration extends SignalingException {
        public OtherGeneration(int current) {
            super(
                    412,
                    "other-generation",
                    "Another generation is current",
                    "Generation " + current + " is current; fetch its offer and start from that.");
        }
    }

    /** The session went on since the caller last looked. */
    public static final class SessionChanged extends SignalingException {
        public SessionChanged() {
            super(
                    412,
                    "session-changed",
                    "The session has changed",
                    "The session has changed since If-Match was read; fetch it, decide again and send its ETag.");
        }
    }

    /** The request body is larger than the service reads. */
    public static final class BodyTooLarge extends SignalingException {
        public BodyTooLarge(long bytesMax) {
            super(413, "body-too-large", "Body too large", "A request body may be at most " + bytesMax + " bytes.");
        }
    }

    /** A field is well-formed and beyond its bound. */
    public static final class OutOfBounds extends SignalingException {
        private final String field;

        public OutOfBounds(String field, String detail) {
            super(422, "out-of-bounds", "A field is out of bounds", detail);
            this.field = field;
        }

        /** The JSON name of the field. */
        public String field() {
            return field;
        }
    }

    /** A new offer must say which state of the session it replaces (RFC 6585, section 3). */
    public static final class PreconditionMissing extends SignalingException {
        public PreconditionMissing() {
            super(
                    428,
                    "precondition-missing",
                    "If-Match missing",
                    "Send the ETag of the session that this offer replaces as If-Match.");
        }
    }

    /** What passes by itself: the same call may succeed later. */
    public sealed interface Passing {
        /** When another try makes sense, at least one second. */
        Duration retryAfter();
    }

    /** More requests came than a rate allows (RFC 6585, section 4). */
    public static final class TooManyRequests extends SignalingException implements Passing {
        private final Duration retryAfter;

        /**
         * @param whose what the rate is of: each {@code address}, say
         * @param quota requests a minute
         */
        public TooManyRequests(String whose, long quota, Duration retryAfter) {
            super(
                    429,
                    "too-many-requests",
                    "Too many requests",
                    "One " + whose + " may make " + quota
                            + " requests a minute; slow down, and see RateLimit in each reply.");
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** Codes were tried out that lead nowhere (RFC 6585, section 4). */
    public static final class TooManyGuesses extends SignalingException implements Passing {
        private final Duration retryAfter;

        public TooManyGuesses(Duration retryAfter) {
            super(
                    429,
                    "too-many-guesses",
                    "Too many guesses",
                    "Too many codes that lead nowhere were asked for from this address; those that it has found go on working,"
                            + " others may be asked for later.");
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** Too many requests wait, of this client or for this session (RFC 6585, section 4). */
    public static final class TooManyWaits extends SignalingException implements Passing {
        private final Duration retryAfter;

        public TooManyWaits(String detail, Duration retryAfter) {
            super(429, "too-many-waits", "Too many waits", detail);
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The service does as much as it can. */
    public static final class Busy extends SignalingException implements Passing {
        private final Duration retryAfter;

        public Busy(String detail, Duration retryAfter) {
            super(503, "busy", "Service busy", detail);
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The store cannot take this now and may soon: it is overloaded, locked or out of reach. */
    public static final class StoreUnavailable extends SignalingException implements Passing {
        private final Duration retryAfter;

        public StoreUnavailable(String detail, Duration retryAfter) {
            super(503, "store-unavailable", "Store unavailable", detail);
            this.retryAfter = retryAfter;
        }

        @Override
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The namespace holds as much as it may. */
    public static final class NamespaceFull extends SignalingException {
        public NamespaceFull() {
            super(
                    507,
                    "namespace-full",
                    "Namespace full",
                    "This namespace holds as much as it may; close a session, or wait until one expires.");
        }
    }

    /** There is no room left to write. */
    public static final class StoreFull extends SignalingException {
        public StoreFull() {
            this("There is no room to write this; try again later.");
        }

        private StoreFull(String detail) {
            super(507, "store-full", "Store full", detail);
        }

        /** What room is left, the sessions that live may need. */
        public static StoreFull forNewSessions() {
            return new StoreFull("There is no room for new sessions; try again when others have expired.");
        }
    }
}
