package dev.parley.session;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused: a stable type, a title, and a detail that says what to do next. A refusal changes nothing.
 *
 * <p>The family is sealed, so that each adapter can map all of it: HTTP gives each type a status.
 */
public abstract sealed class SignalingException extends RuntimeException {
    private final String type;
    private final transient @Nullable Duration retryAfter;

    private SignalingException(String type, String detail) {
        this(type, detail, null);
    }

    private SignalingException(String type, String detail, @Nullable Duration retryAfter) {
        // A refusal is an ordinary reply: a stack trace would cost more than the work that was refused.
        super(detail, null, false, false);
        this.type = type;
        this.retryAfter = retryAfter;
    }

    /** The last segment of the problem's type URI; it never changes once published. */
    public String type() {
        return type;
    }

    /** The type in words, such as "Session not found". */
    public String title() {
        return Character.toUpperCase(type.charAt(0)) + type.substring(1).replace('-', ' ');
    }

    /** What happened and what the caller can do about it. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** When a repeated call may succeed, at least one second; nothing where it is refused again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The request cannot be parsed. */
    public static final class Malformed extends SignalingException {
        public Malformed(String detail) {
            super("malformed", detail);
        }
    }

    /** The call needs the secret of a side, and none was sent. */
    public static final class TokenMissing extends SignalingException {
        public TokenMissing() {
            super("session-token-missing", "Send this side's token as Session-Token.");
        }
    }

    /** The secret is not the one of the side that may make the call. */
    public static final class TokenRefused extends SignalingException {
        public TokenRefused(String detail) {
            super("session-token-refused", detail);
        }
    }

    /** The session never existed, expired, was deleted, or belongs to another namespace. */
    public static final class SessionNotFound extends SignalingException {
        public SessionNotFound() {
            super(
                    "session-not-found",
                    "No live session has this code in this namespace; open a new one or check the code.");
        }
    }

    /** A live session has the code. */
    public static final class CodeTaken extends SignalingException {
        public CodeTaken() {
            this("A live session has this code; choose another, or leave code out.");
        }

        private CodeTaken(String detail) {
            super("code-taken", detail);
        }

        /** The caller opened the session with another value in {@code field}, so the request is no repetition. */
        public static CodeTaken openedWithAnother(String field) {
            return new CodeTaken("You have opened the session of this code with another " + field
                    + "; repeat the request unchanged, or choose another code.");
        }

        /** The caller opened the session, and its offer has been replaced since. */
        public static CodeTaken continued() {
            return new CodeTaken("You have opened the session of this code, and its offer has been replaced since;"
                    + " add candidates with POST …/candidates.");
        }
    }

    /** The generation has an answer, which is final. */
    public static final class AlreadyAnswered extends SignalingException {
        public AlreadyAnswered(int generation) {
            super(
                    "already-answered",
                    "Generation " + generation + " has its answer; look for another session or wait for a new offer.");
        }
    }

    /** The request names a generation that is not current. */
    public static final class OtherGeneration extends SignalingException {
        public OtherGeneration(int current) {
            super("other-generation", "Generation " + current + " is current; fetch its offer and start from that.");
        }
    }

    /** The session has changed since the caller read it. */
    public static final class SessionChanged extends SignalingException {
        public SessionChanged() {
            super(
                    "session-changed",
                    "The session has changed since If-Match was read; fetch it, decide again and send its ETag.");
        }
    }

    /** The request body exceeds its bound. */
    public static final class BodyTooLarge extends SignalingException {
        public BodyTooLarge(long bytesMax) {
            super("body-too-large", "A request body may be at most " + bytesMax + " bytes.");
        }
    }

    /** A field is well-formed and exceeds its bound. */
    public static final class OutOfBounds extends SignalingException {
        private final String field;

        public OutOfBounds(String field, String detail) {
            super("out-of-bounds", detail);
            this.field = field;
        }

        /** The JSON name of the field. */
        public String field() {
            return field;
        }
    }

    /** The request must name the state of the session that it is for. */
    public static final class PreconditionMissing extends SignalingException {
        public PreconditionMissing() {
            super("precondition-missing", "Send the ETag of the session as If-Match.");
        }
    }

    /** The requests exceed a rate. */
    public static final class TooManyRequests extends SignalingException {
        /**
         * @param subject of the rate, such as {@code address}
         * @param quota requests per minute
         */
        public TooManyRequests(String subject, long quota, Duration retryAfter) {
            super(
                    "too-many-requests",
                    "One " + subject + " may make " + quota
                            + " requests a minute; slow down, and see RateLimit in each reply.",
                    retryAfter);
        }
    }

    /** Too many codes of no live session were looked up. */
    public static final class TooManyGuesses extends SignalingException {
        public TooManyGuesses(Duration retryAfter) {
            super(
                    "too-many-guesses",
                    "Too many codes that no live session has were looked up from this address; codes that it has found"
                            + " keep working, look up others later.",
                    retryAfter);
        }
    }

    /** Too many requests of one client, or for one session, wait. */
    public static final class TooManyWaits extends SignalingException {
        public TooManyWaits(String detail, Duration retryAfter) {
            super("too-many-waits", detail, retryAfter);
        }
    }

    /** No peer has answered an offer for as long as the client waits. */
    public static final class Unanswered extends SignalingException {
        public Unanswered(Duration wait, Duration retryAfter) {
            super(
                    "unanswered",
                    "No peer that watches the topic has answered within " + wait.toMillis()
                            + " ms; open the page that answers, and retry.",
                    retryAfter);
        }
    }

    /** The service is at a limit of its own. */
    public static final class Busy extends SignalingException {
        public Busy(String detail, Duration retryAfter) {
            super("busy", detail, retryAfter);
        }
    }

    /** The store cannot do this now and may soon: it is overloaded, locked or unreachable. */
    public static final class StoreUnavailable extends SignalingException {
        public StoreUnavailable(String detail, Duration retryAfter) {
            super("store-unavailable", detail, retryAfter);
        }
    }

    /** The namespace is at its quota. */
    public static final class NamespaceFull extends SignalingException {
        public NamespaceFull() {
            super(
                    "namespace-full",
                    "The quota of this namespace is used up; close a session, or wait until one expires.");
        }
    }

    /** There is no space left to write. */
    public static final class StoreFull extends SignalingException {
        public StoreFull() {
            this("There is no room to write this; try again later.");
        }

        private StoreFull(String detail) {
            super("store-full", detail);
        }

        /** The remaining space is kept for live sessions. */
        public static StoreFull forNewSessions() {
            return new StoreFull("There is no room for new sessions; try again when others have expired.");
        }
    }
}
