package dev.parley.http.filter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What a request line names: a URI (RFC 3986) whose percent-encoded octets are UTF-8, or nothing that could be understood. */
public final class RequestTarget {
    private static final String MARKS = "-._~:/?#[]@!$&'()*+,;=%";

    /** A dot segment, plain or encoded, where the code of a session stands. */
    private static final Pattern DOTS_FOR_CODE = Pattern.compile("/api/v1/sessions/(?:\\.|%2[eE]){1,2}(?:/.*)?");

    /** What is the framework's own: the document of the API. A topic may be called "q", so not everything that begins with it. */
    private static final Pattern DOCUMENT = Pattern.compile("/q/(?:openapi|swagger-ui(?:/[A-Za-z0-9._-]*)?)");

    private RequestTarget() {}

    /** Whether {@code path}, which is normalized, leads to the document of the API and what shows it. */
    static boolean isDocument(String path) {
        return path.startsWith("/q/") && DOCUMENT.matcher(path).matches();
    }

    /**
     * Whether a path leads nowhere that the framework's routers would lead somewhere: they pass over empty segments, which RFC 3986
     * knows as segments like any other, and take {@code /sessions/./events} for the session {@code events}.
     *
     * @param path as it was sent
     * @param normalized {@code path} without dot segments
     */
    static boolean leadsNowhere(String path, String normalized) {
        return path.contains("//")
                || (normalized.length() > 1 && normalized.endsWith("/"))
                || (!path.equals(normalized) && DOTS_FOR_CODE.matcher(path).matches());
    }

    public static boolean isUnderstood(String target) {
        boolean encoded = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && MARKS.indexOf(c) < 0) {
                return false;
            }
            encoded |= c == '%';
        }
        return !encoded || isEncodedUtf8(target);
    }

    private static boolean isEncodedUtf8(String target) {
        var octets = ByteBuffer.allocate(target.length());
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) != '%') {
                octets.put((byte) target.charAt(i));
                continue;
            }
            int high = i + 2 < target.length() ? Character.digit(target.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(target.charAt(i + 2), 16);
            if (low < 0) {
                return false;
            }
            octets.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(octets.flip());
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
