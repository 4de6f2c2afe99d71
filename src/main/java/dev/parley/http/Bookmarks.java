package dev.parley.http;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplyPosition;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/**
 * The bookmark of every call, whatever it does and however it ends: what it asks of a read, and what the reply says where no
 * read has said it (a refusal, a fault, a write).
 */
@Singleton
public final class Bookmarks {
    static final String HEADER = "x-d1-bookmark";

    /** Asked for late: the front door is made before the store is opened. */
    private final Instance<Database> database;

    public Bookmarks(Instance<Database> database) {
        this.database = database;
    }

    /**
     * What a request asks for; an empty header and a bookmark of the former format count as absent.
     *
     * @throws Malformed if it sends what is no bookmark, or two of them
     */
    public static ReadFrom readFrom(HttpServerRequest request) {
        String word = "";
        for (String sent : request.headers().getAll(HEADER)) {
            if (!word.isEmpty() && !sent.isEmpty()) {
                throw new Malformed("x-d1-bookmark was sent twice; send the newer one.");
            }
            word = sent.isEmpty() ? word : sent;
        }
        return switch (word) {
            case "" -> ReadFrom.PRIMARY;
            case "first-primary" -> ReadFrom.PRIMARY;
            case "first-unconstrained" -> ReadFrom.ANYWHERE;
            default -> Bookmark.isFormer(word) ? ReadFrom.PRIMARY : new ReadFrom.AtLeast(word);
        };
    }

    /** Whether {@code request} asks for anything. */
    public static boolean isSent(HttpServerRequest request) {
        return request.headers().getAll(HEADER).stream().anyMatch(word -> !word.isEmpty());
    }

    /** Dresses the reply to {@code request}, whose headers are about to be sent. */
    public void dress(HttpServerRequest request) {
        MultiMap reply = request.response().headers();
        String told = reply.get(Replies.BOOKMARK);
        if (told == null) {
            ReplyPosition standpoint = database.get().standpoint(sent(request));
            Replies.dress(reply, standpoint.bookmark(), standpoint.node(), standpoint.reset());
        } else if (sent(request) instanceof ReadFrom.AtLeast atLeast && !reply.contains(Replies.BOOKMARK_STATUS)) {
            // A write asks nothing of a bookmark, and still it may be another history's, or ahead of this one.
            boolean ahead = atLeast.bookmark().text().compareTo(told) > 0;
            if (ahead || database.get().standpoint(atLeast).reset()) {
                reply.set(Replies.BOOKMARK_STATUS, Replies.RESET);
            }
        }
    }

    /** What was asked for; nothing in particular where that was refused. */
    private static ReadFrom sent(HttpServerRequest request) {
        try {
            return readFrom(request);
        } catch (Malformed e) {
            return ReadFrom.PRIMARY;
        }
    }
}
