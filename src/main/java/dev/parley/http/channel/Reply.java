package dev.parley.http.channel;

import dev.parley.http.EntityTags;
import dev.parley.http.ErrorReply;
import dev.parley.http.Views.JoinedView;
import dev.parley.http.access.Authenticator.AuthChallenge;
import dev.parley.http.wait.SessionFeed.Watched;
import dev.parley.session.Event.Events;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.store.Futures;
import dev.parley.store.Served;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a request: what the same call over HTTP returns.
 *
 * @param body of a success, or the problem (RFC 9457) of a refusal; null for none
 * @param etag of the session in the reply
 * @param bookmark null where no node of the store decided
 * @param reset whether the client's bookmark belongs to another history
 * @param retryAfter whole seconds, of a refusal that is temporary
 * @param watch what the channel watches from now on
 */
record Reply(
        int status,
        @Nullable Object body,
        @Nullable String etag,
        @Nullable String bookmark,
        boolean reset,
        @Nullable String retryAfter,
        @Nullable Watched watch) {
    /** The path by which {@link ErrorReply} knows the form of problems. */
    static final String PATH = "/api/v1/channel";

    static Reply of(int status, Served<?> served, @Nullable Object body) {
        return new Reply(status, body, null, served.bookmark(), served.reset(), null, null);
    }

    static Reply withoutStore(int status, @Nullable Object body) {
        return new Reply(status, body, null, null, false, null, null);
    }

    /** @param first the status where this request changed something; a replay is 200 */
    static Reply joined(Served<Joined> served, int first) {
        Joined joined = served.result();
        return of(joined.replay() ? 200 : first, served, JoinedView.of(joined))
                .withTag(EntityTags.of(joined.version()));
    }

    /** As {@link #joined} for a new answer or session; the events of the session after number {@code after} are watched. */
    static Reply watched(SessionKey key, long after, Served<Joined> served) {
        Joined joined = served.result();
        SessionVersion version = joined.version();
        boolean nothingFollows = !joined.replay() && after == version.seq();
        return joined(served, 201)
                .watching(new Watched(
                        key,
                        version.incarnation(),
                        after,
                        nothingFollows
                                ? served.with(new Events(List.of(), version.incarnation(), version.expiresAt()))
                                : null));
    }

    static Reply refused(AuthChallenge challenge) {
        return of(ErrorReply.of(PATH, challenge), null);
    }

    /** The reply to a request that failed. */
    static Reply failed(Throwable failure) {
        String bookmark =
                Futures.decision(failure).map(position -> position.bookmark()).orElse(null);
        return of(
                Futures.cause(failure) instanceof SignalingException refusal
                        ? ErrorReply.of(PATH, refusal)
                        : ErrorReply.fault(PATH, failure),
                bookmark);
    }

    private static Reply of(ErrorReply error, @Nullable String bookmark) {
        return new Reply(
                error.status(),
                error.body(),
                null,
                bookmark,
                false,
                error.headers().get("Retry-After"),
                null);
    }

    Reply withTag(String tag) {
        return new Reply(status, body, tag, bookmark, reset, retryAfter, watch);
    }

    Reply watching(Watched watched) {
        return new Reply(status, body, etag, bookmark, reset, retryAfter, watched);
    }

    boolean isRefusal() {
        return status >= 400;
    }
}
