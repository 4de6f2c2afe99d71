package dev.parley.http;

import dev.parley.session.Page.Cursor;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.WholeNumber;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Parses query parameters; an invalid one is {@link Malformed}, which names it. An empty parameter counts as absent. */
public final class QueryParameters {
    private QueryParameters() {}

    /** @throws Malformed if a parameter was sent twice */
    public static void refuseRepeated(RoutingContext context) {
        String query = context.request().query();
        if (query == null || query.indexOf('&') < 0) {
            return;
        }
        var names = new HashSet<String>();
        for (Map.Entry<String, String> parameter : context.queryParams()) {
            String name = parameter.getKey();
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new Malformed("The query parameter " + Json.shown(name) + " was sent twice; send it once.");
            }
        }
    }

    /** A position in the events of a session; 0 if absent. */
    public static long after(@Nullable String text) {
        return number("after", text, 0, 0, Long.MAX_VALUE);
    }

    /** The maximum number of items to return; {@code max} if absent. */
    public static int limit(@Nullable String text, int max) {
        return (int) number("limit", text, max, 1, max);
    }

    public static @Nullable Cursor cursor(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Cursor.parse(text);
    }

    public static @Nullable String filter(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** A whole number from {@code min} to {@code max}. */
    public static long number(String name, @Nullable String text, long absent, long min, long max) {
        if (text == null || text.isEmpty()) {
            return absent;
        }
        OptionalLong number = WholeNumber.parse(text);
        if (number.isEmpty() || number.getAsLong() < min || number.getAsLong() > max) {
            throw new Malformed(
                    name + " must be a whole number from " + min + (max == Long.MAX_VALUE ? "" : " to " + max) + ".");
        }
        return number.getAsLong();
    }
}
