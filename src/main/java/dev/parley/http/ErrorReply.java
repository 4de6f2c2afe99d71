package dev.parley.http;

import dev.parley.http.access.AuthChallenge;
import dev.parley.http.observe.ErrorMeters;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionNotFound;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * An error as the caller is told of it: {@code application/problem+json} in the native API, {@code {"error"}} with the statuses
 * its clients know in the compatible one. Which of them was called, the path says.
 */
public record ErrorReply(int status, String mediaType, Object body) {
    private static final Logger LOG = Logger.getLogger(ErrorReply.class);

    private static final String NATIVE = "/api/v1";

    /** @param path normalized and percent-encoded: "api/v1" is a good name for a topic, too */
    public static ErrorReply refusal(String path, SignalingException refusal) {
        ErrorMeters.refused(refusal.type());
        if (isNative(path)) {
            return problem(Problem.of(refusal));
        }
        // The compatible API knows no 422, and one text that its clients look for; the others are ours.
        int status = refusal instanceof OutOfBounds ? 400 : refusal.status();
        return error(
                status,
                refusal instanceof SessionNotFound
                        ? "Session not found, expired, or origin mismatch"
                        : refusal.detail());
    }

    /** What HTTP itself refuses, before a resource was asked. */
    public static ErrorReply ofStatus(String path, int status) {
        return ofStatus(
                path,
                status,
                switch (status) {
                    case 401 -> AuthChallenge.WRONG.detail();
                    case 404 -> "There is nothing at this path; see /q/openapi for what there is.";
                    case 405 -> "This path does not take this method; Allow names those it takes.";
                    case 406 -> "The reply is JSON; accept application/json.";
                    case 415 -> "Send the body as application/json.";
                    case 505 -> "This service speaks HTTP/1.0, HTTP/1.1 and HTTP/2; send the request in one of them.";
                    default -> "The request cannot be understood.";
                });
    }

    public static ErrorReply ofStatus(String path, int status, String detail) {
        ErrorMeters.refused(status);
        return of(path, Problem.of(status, detail));
    }

    /** Nobody planned for this: the log has the cause under an id, the client has the id. */
    public static ErrorReply fault(String path, @Nullable Throwable cause) {
        ErrorMeters.failed();
        String id = UUID.randomUUID().toString();
        LOG.errorf(cause, "Fault %s", id);
        return of(path, Problem.fault(id));
    }

    private static ErrorReply of(String path, Problem problem) {
        return isNative(path) ? problem(problem) : error(problem.status(), problem.detail());
    }

    private static ErrorReply problem(Problem problem) {
        return new ErrorReply(problem.status(), "application/problem+json", problem);
    }

    private static ErrorReply error(int status, String text) {
        return new ErrorReply(status, "application/json", Map.of("error", text));
    }

    private static boolean isNative(String path) {
        return path.startsWith(NATIVE) && (path.length() == NATIVE.length() || path.charAt(NATIVE.length()) == '/');
    }
}
