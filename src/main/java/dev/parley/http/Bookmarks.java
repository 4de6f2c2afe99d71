package dev.parley.http;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/** The bookmark of each request, and that of each reply to which no read has given one: of a write, a refusal or an error. */
@Singleton
public final class Bookmarks {
    private static final String HEADER = "x-d1-bookmark";

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
        String bookmark = "";
        for (String sent : request.headers().getAll(HEADER)) {
            if (!bookmark.isEmpty() && !sent.isEmpty()) {
                throw new Malformed("x-d1-bookmark was sent twice; send the newer one.");
            }
            bookmark = sent.isEmpty() ? bookmark : sent;
        }
        return switch (bookmark) {
            case "", "first-primary" -> ReadFrom.PRIMARY;
            case "first-unconstrained" -> ReadFrom.ANYWHERE;
            default -> Bookmark.isFormer(bookmark) ? ReadFrom.PRIMARY : new ReadFrom.AtLeast(bookmark);
        };
    }

    /** Whether the request has a bookmark. */
    public static boolean isSent(HttpServerRequest request) {
        return request.headers().getAll(HEADER).stream().anyMatch(bookmark -> !bookmark.isEmpty());
    }

    /** Completes the headers of the reply before they are sent. */
    public void complete(HttpServerRequest request) {
        MultiMap headers = request.response().headers();
        String bookmark = headers.get(Replies.BOOKMARK);
        if (bookmark == null) {
            Replies.setPosition(headers, database.get().position(requested(request)));
        } else if (requested(request) instanceof ReadFrom.AtLeast atLeast
                && !headers.contains(Replies.BOOKMARK_STATUS)) {
            // A write does not use the bookmark of its request, which still may belong to another history or be ahead.
            boolean ahead = atLeast.bookmark().text().compareTo(bookmark) > 0;
            if (ahead || database.get().position(atLeast).reset()) {
                headers.set(Replies.BOOKMARK_STATUS, Replies.RESET);
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
}
