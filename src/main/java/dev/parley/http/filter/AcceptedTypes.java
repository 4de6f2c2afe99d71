package dev.parley.http.filter;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The media types that a client accepts, for the framework, which takes a type with the weight 0 for an accepted one (RFC 9110, section
 * 12.4.2) and rejects an empty list, which accepts anything.
 */
final class AcceptedTypes {
    private static final Pattern WEIGHT_0 = Pattern.compile("(?i);\\s*q=0(\\.0*)?\\s*(;|$)");

    private AcceptedTypes() {}

    /** Removes the types with the weight 0 from all lines of {@code Accept}; false if there are no others. */
    static boolean normalize(MultiMap headers) {
        List<String> lists = headers.getAll(HttpHeaders.ACCEPT);
        boolean excludes = lists.stream().anyMatch(list -> list.contains("=0"));
        if (!excludes && lists.stream().noneMatch(String::isBlank)) {
            return true; // almost always; parsing costs more
        }
        String accepted = lists.stream()
                .flatMap(list -> Arrays.stream(list.split(",")))
                .filter(type -> !type.isBlank() && !WEIGHT_0.matcher(type).find())
                .collect(Collectors.joining(","));
        headers.remove(HttpHeaders.ACCEPT);
        if (!accepted.isEmpty()) {
            headers.set(HttpHeaders.ACCEPT, accepted);
        }
        return !accepted.isEmpty() || !excludes;
    }
}
