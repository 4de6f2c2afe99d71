package dev.parley.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Problem details (RFC 9457, section 3).
 *
 * @param field the JSON field that is out of bounds, where it is one
 * @param errorId on a fault of the service: what the operator finds in the log
 */
@JsonInclude(Include.NON_NULL)
@Schema(name = "Problem", description = "Problem details for HTTP APIs (RFC 9457).")
public record Problem(
        @Schema(examples = "urn:parley:problem:already-answered")
        String type,

        String title,
        int status,

        @Schema(description = "What happened, and what to do next.")
        String detail,

        @Nullable String field,
        @Nullable String errorId) {}
