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
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who calls: the headers that every request may bring, and what they mean. */
public final class Caller {
    @HeaderParam("Origin")
    @Nullable
    String origin;

    @HeaderParam("Session-Token")
    @Nullable
    String sessionToken;

    @Context
    @Nullable
    HttpServerRequest request;

    /**
     * Where the caller's sessions are: at its origin. A browser sends none with a page's GET to where the page is from; then it is
     * the one that the same page's POST sends.
     */
    public Namespace namespace() {
        if (origin != null && !origin.isEmpty()) {
            return new Namespace(origin);
        }
        String own = request == null ? null : Origins.ofOwnPage(request);
        return own == null ? Namespace.UNKNOWN : new Namespace(own);
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

    /** How long the caller would wait for news, at most {@code max}; nothing where it did not ask to. */
    Optional<Duration> patience(Duration max) {
        return request == null
                ? Optional.empty()
                : Preference.patience(request.headers().getAll("Prefer"), max);
    }

    /** How new a read must be. */
    public ReadFrom readFrom() {
        return request == null ? ReadFrom.PRIMARY : Bookmarks.readFrom(request);
    }
}
