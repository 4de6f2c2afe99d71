package dev.parley.http.filter;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The media types that a client accepts, for the framework, which takes a type with the weight 0 for an accepted one (RFC 9110, section
 * 12.4.2) and rejects an empty list, which accepts anything.
 */
final class AcceptedTypes {
    private AcceptedTypes() {}

    /** Removes the types with the weight 0 from the header {@code Accept}; false if there are no others. */
    static boolean normalize(RoutingContext context) {
        MultiMap headers = context.request().headers();
        List<String> lists = headers.getAll(HttpHeaders.ACCEPT);
        if (lists.stream().noneMatch(list -> list.isBlank() || list.contains("=0"))) {
            return true; // almost always; parsing costs more
        }
        List<MIMEHeader> types = context.parsedHeaders().accept();
        String accepted = types.stream()
                .filter(type -> type.weight() > 0)
                .map(MIMEHeader::rawValue)
                .collect(Collectors.joining(","));
        headers.remove(HttpHeaders.ACCEPT);
        if (!accepted.isEmpty()) {
            headers.set(HttpHeaders.ACCEPT, accepted);
        }
        return !accepted.isEmpty() || types.isEmpty();
    }
}
