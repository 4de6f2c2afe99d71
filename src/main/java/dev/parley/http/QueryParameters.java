package dev.parley.http;

import dev.parley.session.Cursor;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.WholeNumber;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Parameters as values; one that does not hold is a 400 that names it. */
public final class QueryParameters {
    private static final long SEQ_MAX = Long.MAX_VALUE;

    private QueryParameters() {}

    /**
     * Refuses a query that has a parameter twice, for only one of them could count.
     *
     * @throws Malformed naming it
     */
    public static void refuseRepeated(RoutingContext context) {
        String query = context.request().query();
        if (query == null || query.indexOf('&') < 0) {
            return;
        }
        var names = new HashSet<String>();
        for (Map.Entry<String, String> parameter : context.queryParams()) {
            if (!names.add(parameter.getKey().toLowerCase(Locale.ROOT))) {
                throw new Malformed(
                        "The query parameter " + Json.shown(parameter.getKey()) + " was sent twice; send it once.");
            }
        }
    }

    /** A position in a session's history: 0 where nothing was sent. */
    public static long after(@Nullable String text) {
        return number("after", text, 0, 0, SEQ_MAX);
    }

    /** How many items to return: all that a page holds where nothing was sent. */
    public static int limit(@Nullable String text, int max) {
        return (int) number("limit", text, max, 1, max);
    }

    public static @Nullable Cursor cursor(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Cursor.parse(text);
    }

    /** A filter: an empty one filters nothing. */
    public static @Nullable String filter(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static long number(String name, @Nullable String text, long absent, long min, long max) {
        if (text == null || text.isEmpty()) {
            return absent;
        }
        OptionalLong number = WholeNumber.parse(text);
        if (number.isEmpty() || number.getAsLong() < min || number.getAsLong() > max) {
            throw new Malformed(name + " is a whole number from " + min + (max == SEQ_MAX ? "" : " to " + max) + ".");
        }
        return number.getAsLong();
    }
}
