package dev.parley.campaigns.fuzz;

import java.util.regex.Pattern;

/**
 * One request; each character of it is a byte on the wire.
 *
 * @param headers lines, each with its end
 */
record Request(String method, String target, String headers, String body, String contentType) {
    /** The header fields of this generator (RFC 9110, section 5.5). */
    private static final Pattern FIELDS = Pattern.compile("(?:[A-Za-z0-9-]+: [\t -~\u0080-\u00ff]*\r\n)*");

    String wire() {
        return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers
                + (contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n")
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
                + "\r\n" + body;
    }

    String path() {
        return target.replaceFirst("\\?.*", "");
    }

    /** Whether the header is valid; a control character in a field may end the field or the header. */
    boolean isHttp() {
        return FIELDS.matcher(headers).matches();
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether a reply may take longer than a second because the caller asked to wait, or asked for a stream. */
    boolean mayWait() {
        return headers.contains("wait=1\r\n") || headers.contains("wait=01");
    }
}
