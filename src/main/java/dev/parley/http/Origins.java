package dev.parley.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Web origins (RFC 6454) whose pages may call: all of them, those listed, or those that match an expression.
 *
 * @param all whether every origin may; then nothing is listed
 */
public record Origins(boolean all, Set<String> listed, Set<Pattern> expressions) {
    private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]*://[^/?#@\\s]+");

    /**
     * Reads a list as the configuration has it.
     *
     * @param text origins separated by commas, {@code /…/} for a regular expression, or {@code *} for all
     * @throws IllegalArgumentException naming the entry that is none of these
     */
    public static Origins parse(String text) {
        if (text.strip().equals("*")) {
            return new Origins(true, Set.of(), Set.of());
        }
        var listed = new HashSet<String>();
        var expressions = new HashSet<Pattern>();
        for (String entry : text.split(",", -1)) {
            String origin = entry.strip();
            if (origin.length() > 1 && origin.startsWith("/") && origin.endsWith("/")) {
                expressions.add(expression(origin));
            } else if (ORIGIN.matcher(origin).matches()) {
                listed.add(origin);
            } else {
                throw new IllegalArgumentException("\"" + origin
                        + "\" is no origin such as https://example.org, no /expression/, and not * alone.");
            }
        }
        return new Origins(false, Set.copyOf(listed), Set.copyOf(expressions));
    }

    private static Pattern expression(String entry) {
        try {
            return Pattern.compile(entry.substring(1, entry.length() - 1));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(entry + " is no regular expression: " + e.getDescription() + ".", e);
        }
    }

    boolean admit(String origin) {
        return all
                || listed.contains(origin)
                || expressions.stream()
                        .anyMatch(expression -> expression.matcher(origin).matches());
    }

    /** The origin of the pages that this service itself serves, as far as the request tells. */
    static @Nullable String ofService(HttpServerRequest request) {
        return request.authority() == null ? null : request.scheme() + "://" + request.authority();
    }

    /**
     * The origin of the page that calls, where it is this service's own and sends no Origin; else null. Sec-Fetch-Site tells, and
     * Referer, if the page sends it, has the origin as the browser knows it, whatever proxy stands between. To a service without
     * TLS that is not on the loopback a browser sends no Sec-Fetch-Site; then Referer alone tells.
     */
    static @Nullable String ofOwnPage(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin")) {
            return null;
        }
        String service = ofService(request);
        String referrer = originOf(request.getHeader(HttpHeaders.REFERER));
        if (site == null) {
            return referrer != null && referrer.equals(service) ? service : null;
        }
        return referrer == null ? service : referrer;
    }

    private static @Nullable String originOf(@Nullable String url) {
        Matcher origin = ORIGIN.matcher(url == null ? "" : url);
        return origin.lookingAt() ? origin.group() : null;
    }
}
