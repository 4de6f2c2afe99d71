package dev.parley.http.channel;

/** Why the service closes a channel (RFC 6455, section 7.4). */
enum CloseCode {
    STOPPING(1001, "The service is stopping; reconnect."),
    INVALID_FRAME(1002, "A frame is invalid."),
    BINARY(1003, "Messages are text."),
    NOT_UTF8(1007, "A message is not UTF-8."),
    LATE(1008, "The rest of a message did not arrive within parley.limits.arrival."),
    TOO_LARGE(1009, "A message exceeds parley.limits.body."),
    FAULT(1011, "A reply could not be sent; reconnect."),
    SLOW(1013, "The client does not read its messages; reconnect."),
    CREDENTIAL_ENDED(4401, "The credential is invalid, expired or revoked."),
    NO_PONG(4408, "A ping was not replied to; reconnect.");

    private final short number;
    private final String reason;

    CloseCode(int number, String reason) {
        this.number = (short) number;
        this.reason = reason;
    }

    short number() {
        return number;
    }

    String reason() {
        return reason;
    }
}
