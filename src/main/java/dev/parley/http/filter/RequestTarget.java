package dev.parley.http.filter;

import dev.parley.http.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Checks the target of a request: a URI (RFC 3986) whose percent-encoded octets are UTF-8. */
public final class RequestTarget {
    /** Every request is checked, and a regular expression took 4 % of the time of an empty poll. */
    private static final BitSet URI_CHARACTERS = new BitSet();

    static {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;="
                .chars()
                .forEach(URI_CHARACTERS::set);
    }

    /** A dot segment, plain or encoded, in place of the code of a session. */
    private static final Pattern DOTS_FOR_CODE = Pattern.compile("/api/v1/sessions/(?:\\.|%2[eE]){1,2}(?:/.*)?");

    /** The paths of the OpenAPI and AsyncAPI documents; others that start with {@code /q/} belong to the topic "q". */
    private static final Pattern DOCUMENT = Pattern.compile("/q/(?:openapi|asyncapi|swagger-ui(?:/[A-Za-z0-9._-]*)?)");

    private RequestTarget() {}

    /** Whether a normalized path leads to the OpenAPI document, its viewer or the AsyncAPI document. */
    static boolean isDocument(String path) {
        return path.startsWith("/q/") && DOCUMENT.matcher(path).matches();
    }

    /**
     * Whether a path does not exist although the framework would route it: it skips empty segments, which are segments like any other
     * (RFC 3986), and reads {@code /sessions/./events} as the session {@code events}.
     *
     * @param path as it was sent
     * @param normalized {@code path} without dot segments
     */
    static boolean isUnknown(String path, String normalized) {
        return path.contains("//")
                || (normalized.length() > 1 && normalized.endsWith("/"))
                || (!path.equals(normalized) && DOTS_FOR_CODE.matcher(path).matches());
    }

    public static boolean isValid(String target) {
        boolean encoded = false;
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) == '%' && isHexDigit(target, i + 1) && isHexDigit(target, i + 2)) {
                encoded = true;
            } else if (!URI_CHARACTERS.get(target.charAt(i))) {
                return false;
            }
        }
        return !encoded
                || Json.isUtf8(
                        URLDecoder.decode(target, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean isHexDigit(String target, int index) {
        return index < target.length() && HexFormat.isHexDigit(target.charAt(index));
    }
}
