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

/** Who calls: the headers that every request may bring, and what they mean. */
public final class Caller {
    private static final CharSequence SESSION_TOKEN = HttpHeaders.createOptimized("Session-Token");

    private final RoutingContext context;

    public Caller(RoutingContext context) {
        this.context = context;
    }

    /** Where the caller's sessions are. */
    public Namespace namespace() {
        return Namespaces.of(context);
    }

    /** The key of the session that a call names, once {@code gate} lets it pass; a text that cannot be a code names none. */
    public SessionKey key(GuessFilter gate, String code) {
        if (!Code.isUnreserved(code)) {
            throw new SessionNotFound();
        }
        var key = new SessionKey(namespace(), new Code(code));
        gate.pass(context, key);
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

    /** A condition: If-Match or If-None-Match, whose lines are one list. */
    public EntityTags entityTags(CharSequence header) {
        return EntityTags.parse(header.toString(), request().headers().getAll(header));
    }

    /** How new a read must be. */
    public ReadFrom readFrom() {
        return Bookmarks.readFrom(request());
    }

    /** The body of the reply, whose status and headers are said with it. */
    public <T> T reply(Status status, Served<?> served, T body) {
        dress(status, served);
        return body;
    }

    /** Says the status and the headers of a reply without a body. */
    public void dress(Status status, Served<?> served) {
        Replies.dress(response(), status, served);
    }

    /** As {@link #dress} for 304; late, because the framework makes 204 of every reply without a body. */
    public void notModified(Served<?> served) {
        dress(Status.NOT_MODIFIED, served);
        context.addHeadersEndHandler(sending -> response().setStatusCode(Status.NOT_MODIFIED.getStatusCode()));
    }

    /** The reply, for what is to be said beside its body. */
    public HttpServerResponse response() {
        return request().response();
    }

    private HttpServerRequest request() {
        return context.request();
    }
}
