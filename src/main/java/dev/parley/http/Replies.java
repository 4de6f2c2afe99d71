package dev.parley.http;

import dev.parley.store.Node;
import dev.parley.store.Served;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jboss.resteasy.reactive.RestResponse.Status;

/** What every reply says besides its body: how new it is and who served it. */
public final class Replies {
    /** Of every reply: it may hold a secret, and it is out of date with the next commit. */
    static final String NO_STORE = "no-store";

    private Replies() {}

    /** A reply with {@code body}, dressed with the headers of {@code served}. */
    public static <T> ResponseBuilder<T> reply(Status status, Served<?> served, T body) {
        return dressed(ResponseBuilder.create(status, body), served);
    }

    /** A reply without a body. */
    public static <T> ResponseBuilder<T> reply(Status status, Served<?> served) {
        return dressed(ResponseBuilder.create(status), served);
    }

    /** The same reply, saying that the wait was honoured (RFC 7240, section 3), if one was asked for. */
    static <T> ResponseBuilder<T> applied(Optional<Duration> wait, ResponseBuilder<T> reply) {
        wait.ifPresent(time -> reply.header("Preference-Applied", Preference.applied(time)));
        return reply;
    }

    private static <T> ResponseBuilder<T> dressed(ResponseBuilder<T> reply, Served<?> served) {
        Node node = served.node();
        reply.header(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .header("x-d1-bookmark", served.bookmark())
                .header("x-served-by", node.name())
                .header("x-served-by-primary", node.primary() ? "true" : "false")
                .header("x-served-by-region", node.region());
        if (served.reset()) {
            reply.header("x-bookmark-status", "reset");
        }
        return reply;
    }
}
