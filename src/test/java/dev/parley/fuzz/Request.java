package dev.parley.fuzz;

/**
 * One request; each character of it is a byte on the wire.
 *
 * @param headers lines, each with its end
 */
record Request(String method, String target, String headers, String body, String contentType) {
    String wire() {
        return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers
                + (contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n")
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
                + "\r\n" + body;
    }

    /** Whether a header holds no byte that none may hold (RFC 9110, section 5.5): else no call is reached that has a document. */
    boolean isHttp() {
        return headers.chars().allMatch(c -> c == '\t' || c == '\r' || c == '\n' || (c >= ' ' && c != 0x7f));
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether a reply may take longer than a second because the caller asked to wait, or asked for a stream. */
    boolean mayWait() {
        return headers.contains("wait=1\r\n") || headers.contains("wait=999");
    }
}
