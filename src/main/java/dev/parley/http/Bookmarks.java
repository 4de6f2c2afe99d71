package dev.parley.http;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served.ReplyPosition;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/** The bookmark of each request; and the headers of each reply that depend on the store: its bookmark and the node that served it. */
@Singleton
public final class Bookmarks {
    /** For each reply of an API: it may contain a secret, and it is out of date after the next commit. */
    public static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    private static final CharSequence BOOKMARK = HttpHeaders.createOptimized("x-d1-bookmark");
    private static final CharSequence BOOKMARK_STATUS = HttpHeaders.createOptimized("x-bookmark-status");
    private static final CharSequence RESET = HttpHeaders.createOptimized("reset");
    private static final CharSequence SERVED_BY = HttpHeaders.createOptimized("x-served-by");
    private static final CharSequence SERVED_BY_PRIMARY = HttpHeaders.createOptimized("x-served-by-primary");
    private static final CharSequence SERVED_BY_REGION = HttpHeaders.createOptimized("x-served-by-region");
    private static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    private static final CharSequence FALSE = HttpHeaders.createOptimized("false");

    /** Resolved late, because the request filter is created before the store is opened. */
    private final Instance<Database> database;

    public Bookmarks(Instance<Database> database) {
        this.database = database;
    }

    /**
     * How recent a read must be; an empty header and a bookmark of the former format count as absent.
     *
     * @throws Malformed if the header is not a bookmark, or was sent twice
     */
    public static ReadFrom readFrom(HttpServerRequest request) {
        if (!request.headers().contains(BOOKMARK)) {
            return ReadFrom.PRIMARY;
        }
        String bookmark = "";
        for (String sent : request.headers().getAll(BOOKMARK)) {
            if (!bookmark.isEmpty() && !sent.isEmpty()) {
                throw new Malformed("x-d1-bookmark was sent twice; send the newer one.");
            }
            bookmark = sent.isEmpty() ? bookmark : sent;
        }
        return readFrom(bookmark);
    }

    /** As {@link #readFrom(HttpServerRequest)} for the value of the header. */
    public static ReadFrom readFrom(String bookmark) {
        return switch (bookmark) {
            case "", "first-primary" -> ReadFrom.PRIMARY;
            case "first-unconstrained" -> ReadFrom.ANYWHERE;
            default -> Bookmark.isFormer(bookmark) ? ReadFrom.PRIMARY : new ReadFrom.AtLeast(bookmark);
        };
    }

    /** Whether the request has a bookmark. */
    public static boolean isSent(HttpServerRequest request) {
        return request.headers().getAll(BOOKMARK).stream().anyMatch(bookmark -> !bookmark.isEmpty());
    }

    /** Completes the headers of the reply, before they are sent, if no read has set them: of a write, a refusal or an error. */
    public void complete(HttpServerRequest request) {
        MultiMap headers = request.response().headers();
        String bookmark = headers.get(BOOKMARK);
        if (bookmark == null) {
            set(headers, database.get().position(requested(request)));
        } else if (requested(request) instanceof ReadFrom.AtLeast atLeast && !headers.contains(BOOKMARK_STATUS)) {
            // A write does not use the bookmark of its request, which still may belong to another history or be ahead.
            boolean ahead = atLeast.bookmark().text().compareTo(bookmark) > 0;
            if (ahead || database.get().position(atLeast).reset()) {
                headers.set(BOOKMARK_STATUS, RESET);
            }
        }
    }

    /** As {@link #readFrom}; the primary if the request was refused for its bookmark. */
    private static ReadFrom requested(HttpServerRequest request) {
        try {
            return readFrom(request);
        } catch (Malformed e) {
            return ReadFrom.PRIMARY;
        }
    }

    /** Sets the position that the reply is at least as new as, and its node. */
    static void set(MultiMap headers, ReplyPosition position) {
        set(headers, position.bookmark(), position.node(), position.reset());
    }

    static void set(MultiMap headers, String bookmark, Node node, boolean reset) {
        headers.set(BOOKMARK, bookmark)
                .set(SERVED_BY, node.name())
                .set(SERVED_BY_PRIMARY, node.primary() ? TRUE : FALSE)
                .set(SERVED_BY_REGION, node.region());
        if (reset) {
            headers.set(BOOKMARK_STATUS, RESET);
        }
    }
}
