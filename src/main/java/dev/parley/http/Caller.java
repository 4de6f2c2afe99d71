package dev.parley.http;

import dev.parley.access.Credential;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.ReadFrom;
import io.vertx.ext.web.RoutingContext;
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
    RoutingContext context;

    /**
     * Where the caller's sessions are: in its credential's namespace, else at its origin. A browser sends none with a page's GET to
     * where the page is from; then it is the one that the same page's POST sends.
     */
    public Namespace namespace() {
        Credential credential = context == null ? null : Credential.of(context);
        if (credential != null) {
            return credential.namespace();
        }
        if (origin != null && !origin.isEmpty()) {
            return new Namespace(origin);
        }
        String own = context == null ? null : Origins.ofOwnPage(context.request());
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
        return context == null
                ? Optional.empty()
                : Preference.patience(context.request().headers().getAll("Prefer"), max);
    }

    /** How new a read must be. */
    public ReadFrom readFrom() {
        return context == null ? ReadFrom.PRIMARY : Bookmarks.readFrom(context.request());
    }
}
