package dev.parley.http;

import dev.parley.session.SignalingException.Malformed;
import dev.parley.store.BookmarkSeal;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Standpoint;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * The bookmark of every call, whatever it does and however it ends: what is none is refused before anything is done, and a reply
 * that no read dressed (a refusal, a fault) tells how far the database is too.
 */
@Singleton
public final class Bookmarks {
    static final String HEADER = "x-d1-bookmark";
    private static final String STATUS = "x-bookmark-status";
    private static final String RESET = "reset";

    /** Asked for late: filters are made before the store is opened. */
    private final Instance<Database> database;

    public Bookmarks(Instance<Database> database) {
        this.database = database;
    }

    /** Holds the header against its shape. */
    @ServerRequestFilter
    public void admit(HttpServerRequest request) {
        readFrom(request.headers().getAll(HEADER));
    }

    /** What the header asks for. */
    static ReadFrom readFrom(List<String> words) {
        if (words.isEmpty()) {
            return ReadFrom.PRIMARY;
        }
        if (words.size() > 1) {
            throw new Malformed("x-d1-bookmark was sent twice; send the newer one.");
        }
        String word = words.get(0);
        return switch (word) {
            case "first-primary" -> ReadFrom.PRIMARY;
            case "first-unconstrained" -> ReadFrom.ANYWHERE;
            default -> new ReadFrom.AtLeast(BookmarkSeal.shaped(word));
        };
    }

    @ServerResponseFilter
    public void dress(HttpServerRequest request, ContainerResponseContext reply) {
        MultivaluedMap<String, Object> headers = reply.getHeaders();
        Object told = headers.getFirst(HEADER);
        ReadFrom from = sent(request.headers().getAll(HEADER));
        if (told == null) {
            dress(headers, database.get().standpoint(from));
        } else if (from instanceof ReadFrom.AtLeast atLeast && !headers.containsKey(STATUS)) {
            // A write asks nothing of a bookmark, and still it may be another history's, or ahead of this one.
            boolean ahead = atLeast.bookmark().compareTo(told.toString()) > 0;
            if (ahead || database.get().standpoint(from).reset()) {
                headers.putSingle(STATUS, RESET);
            }
        }
    }

    private static void dress(MultivaluedMap<String, Object> headers, Standpoint standpoint) {
        headers.putSingle(HEADER, standpoint.bookmark());
        headers.putSingle("x-served-by", standpoint.node().name());
        headers.putSingle("x-served-by-primary", "true");
        headers.putSingle("x-served-by-region", standpoint.node().region());
        if (standpoint.reset()) {
            headers.putSingle(STATUS, RESET);
        }
    }

    /** What was asked for; nothing in particular where that was refused. */
    private static ReadFrom sent(List<String> words) {
        try {
            return readFrom(words);
        } catch (Malformed e) {
            return ReadFrom.PRIMARY;
        }
    }
}
