package dev.parley.http;

import dev.parley.http.access.GuessFilter;
import dev.parley.http.access.Namespaces;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/** The request as resources read it, by the headers that all endpoints share, and the status and headers of its reply. */
public final class Caller {
    private static final CharSequence SESSION_TOKEN = HttpHeaders.createOptimized("Session-Token");

    private final RoutingContext context;

    public Caller(RoutingContext context) {
        this.context = context;
    }

    public Namespace namespace() {
        return Namespaces.of(context);
    }

    /** The key of the session with that code, after the check for guesses; a text that cannot be a code is not found. */
    public SessionKey key(GuessFilter guesses, String code) {
        if (!Code.isUnreserved(code)) {
            throw new SessionNotFound();
        }
        var key = new SessionKey(namespace(), new Code(code));
        guesses.pass(context, key);
        return key;
    }

    public @Nullable SessionToken token() {
        String secret = request().getHeader(SESSION_TOKEN);
        return secret == null ? null : new SessionToken(secret);
    }

    /** The time for which the caller asks to wait, at most {@code max}; empty if it does not. */
    public Optional<Duration> requestedWait(Duration max) {
        return Preference.requestedWait(request().headers().getAll("Prefer"), max);
    }

    /** The list in If-Match or If-None-Match. */
    public EntityTags entityTags(CharSequence header) {
        return EntityTags.parse(header.toString(), request().headers().getAll(header));
    }

    /** How recent a read must be. */
    public ReadFrom readFrom() {
        return Bookmarks.readFrom(request());
    }

    /** Sets the status and the headers of the reply, and returns its body. */
    public <T> T reply(Status status, Served<?> served, T body) {
        setHead(status, served);
        return body;
    }

    /** Sets the status and the headers of a reply. */
    public void setHead(Status status, Served<?> served) {
        response().setStatusCode(status.getStatusCode()).headers().set(HttpHeaders.CACHE_CONTROL, Replies.NO_STORE);
        Replies.setPosition(response().headers(), served.bookmark(), served.node(), served.reset());
    }

    /** As {@link #setHead} for 304, which is set last, because the framework turns each reply without a body into 204. */
    public void notModified(Served<?> served) {
        setHead(Status.NOT_MODIFIED, served);
        context.addHeadersEndHandler(sending -> response().setStatusCode(Status.NOT_MODIFIED.getStatusCode()));
    }

    public HttpServerResponse response() {
        return request().response();
    }

    private HttpServerRequest request() {
        return context.request();
    }
}
