package dev.parley.http;

import dev.parley.http.access.ClientLimits;
import dev.parley.http.access.Namespaces;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestResponse.Status;
import org.jspecify.annotations.Nullable;

/**
 * The request as resources read it, by the headers that all endpoints share, and the status and headers of its reply.
 *
 * <p>Headers are set on the server's response directly: a response of the framework would copy each header twice, which is a twentieth
 * of the cost of a request.
 */
public final class Caller {
    private static final CharSequence SESSION_TOKEN = HttpHeaders.createOptimized("Session-Token");
    private static final CharSequence PREFERENCE_APPLIED = HttpHeaders.createOptimized("Preference-Applied");

    /**
     * A quoted string (RFC 9110, section 5.6.4), in which anything else is skipped, or {@code wait} (RFC 7240, section 4.3) as a
     * preference of its own.
     */
    private static final Pattern QUOTED_OR_WAIT = Pattern.compile(
            "(?<=^|,)[ \\t]*wait[ \\t]*=[ \\t]*\"?([0-9]{1,18})\"?[ \\t]*(?=[,;]|$)|\"(?:[^\"\\\\]++|\\\\.)*+\"?",
            Pattern.CASE_INSENSITIVE);

    private final RoutingContext context;

    public Caller(RoutingContext context) {
        this.context = context;
    }

    public Namespace namespace() {
        return Namespaces.of(context);
    }

    /** The key of the session with that code, after the check for guesses; a text that cannot be a code is not found. */
    public SessionKey key(ClientLimits limits, String code) {
        if (!Code.isUnreserved(code)) {
            throw new SessionNotFound();
        }
        var key = new SessionKey(namespace(), new Code(code));
        limits.checkLookup(context, key);
        return key;
    }

    /** @throws Malformed if it is not a token, or was sent twice */
    public @Nullable SessionToken token() {
        List<String> secrets = request().headers().getAll(SESSION_TOKEN);
        if (secrets.size() > 1) {
            throw new Malformed(SESSION_TOKEN + " was sent twice; send one token.");
        }
        return secrets.isEmpty() ? null : new SessionToken(secrets.get(0));
    }

    /**
     * The time for which the caller asks to wait ({@code Prefer: wait}), at most {@code max}; empty if it does not. A preference that
     * cannot be parsed is ignored (RFC 7240, section 2), and the first of several counts.
     */
    public Optional<Duration> requestedWait(Duration max) {
        return requestedWait(request().headers().getAll("Prefer"), max);
    }

    static Optional<Duration> requestedWait(List<String> preferences, Duration max) {
        if (!preferences.isEmpty()) {
            Matcher wait = QUOTED_OR_WAIT.matcher(String.join(",", preferences));
            while (wait.find()) {
                if (wait.group(1) != null) {
                    return Optional.of(Duration.ofSeconds(Math.min(Long.parseLong(wait.group(1)), max.toSeconds())));
                }
            }
        }
        return Optional.empty();
    }

    /** Confirms the wait that was requested, if any (RFC 7240, section 3). */
    public void applied(Optional<Duration> wait) {
        wait.ifPresent(time -> response().putHeader(PREFERENCE_APPLIED, "wait=" + time.toSeconds()));
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
        response().setStatusCode(status.getStatusCode()).headers().set(HttpHeaders.CACHE_CONTROL, Bookmarks.NO_STORE);
        Bookmarks.set(response().headers(), served.bookmark(), served.node(), served.reset());
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
