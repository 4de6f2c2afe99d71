package dev.parley.http;

import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.ReadFrom;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** Who calls: the headers that every request may bring, and what they mean. */
public final class Caller {
    @HeaderParam("Origin")
    @Parameter(hidden = true)
    @Nullable
    String origin;

    @HeaderParam("Sec-Fetch-Site")
    @Parameter(hidden = true)
    @Nullable
    String fetchSite;

    @HeaderParam("Session-Token")
    @Parameter(
            description =
                    "The secret of one side of the session. On create and on answer: a secret of the caller's own.")
    @Nullable
    String sessionToken;

    @HeaderParam(Bookmarks.HEADER)
    @Parameter(
            description = "What is read must be at least this new: a bookmark, first-primary or first-unconstrained.",
            schema = @Schema(type = SchemaType.STRING))
    @Nullable
    List<String> bookmarks;

    @Context
    @Nullable
    HttpServerRequest request;

    /**
     * Where the caller's sessions are. A browser sends no Origin with a same-origin GET, so the service's own origin stands in;
     * it is the one that the same page's POST sends.
     */
    public Namespace namespace() {
        if (origin != null) {
            return new Namespace(origin);
        }
        if ("same-origin".equals(fetchSite) && request != null && request.authority() != null) {
            return new Namespace(request.scheme() + "://" + request.authority());
        }
        return Namespace.UNKNOWN;
    }

    /** The key of the session that a path names; a text that cannot be a code names none. */
    public SessionKey key(String code) {
        if (!Code.isUnreserved(code)) {
            throw new SessionNotFound();
        }
        return new SessionKey(namespace(), new Code(code));
    }

    public @Nullable SessionToken token() {
        return sessionToken == null ? null : new SessionToken(sessionToken);
    }

    /** How new a read must be. */
    public ReadFrom readFrom() {
        return Bookmarks.readFrom(bookmarks == null ? List.of() : bookmarks);
    }
}
