package dev.parley.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.OutOfBounds;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * Problem details (RFC 9457, section 3).
 *
 * @param field the JSON field that is out of bounds, where it is one
 * @param errorId on a fault of the service: what the operator finds in the log
 */
@JsonInclude(Include.NON_NULL)
@RegisterForReflection // no resource says that it replies so
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String field,
        @Nullable String errorId) {

    private static final String TYPES = "urn:parley:problem:";

    static Problem of(SignalingException refusal) {
        return new Problem(
                TYPES + refusal.type(),
                refusal.title(),
                refusal.status(),
                refusal.detail(),
                refusal instanceof OutOfBounds bounds ? bounds.field() : null,
                null);
    }

    /** A status that says it all, as HTTP defines it (RFC 9457, section 4.2.1). */
    static Problem of(int status, String detail) {
        return of(status, detail, null);
    }

    static Problem fault(String errorId) {
        return of(500, "This is a fault of the service; its log has more under " + errorId + ".", errorId);
    }

    private static Problem of(int status, String detail, @Nullable String errorId) {
        Response.Status known = Response.Status.fromStatusCode(status);
        String title = known == null ? "Refused" : known.getReasonPhrase();
        return new Problem("about:blank", title, status, detail, null, errorId);
    }
}
