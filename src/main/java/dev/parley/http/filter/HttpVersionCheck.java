package dev.parley.http.filter;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpServerRequest;

/**
 * The version of HTTP in a request line. The framework serves every version on a connection of HTTP/1, and replies in the version that
 * the client made up; a reply is to be in a version that the server has (RFC 9112, section 2.3).
 */
final class HttpVersionCheck {
    private static final String NAME = "HTTP";

    private HttpVersionCheck() {}

    /**
     * Makes {@code request}, as the decoder has it, one of HTTP/1.1, for the sake of its reply. A higher minor version is served as
     * that (RFC 9110, section 2.5), another major version is marked as {@link #isOther}, and another protocol is no HTTP.
     */
    static void mark(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        if (version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0)) {
            return;
        }
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
        if (!version.protocolName().equals(NAME)) {
            request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("No HTTP")));
        } else if (version.majorVersion() != 1) {
            request.setDecoderResult(new Other());
        }
    }

    /** Whether {@code request} is of a version that is not served, to be refused with 505 (RFC 9110, section 15.6.6). */
    static boolean isOther(HttpServerRequest request) {
        return request.version() == null || request.decoderResult() instanceof Other;
    }

    /** The head was decoded, so the request reaches the service as any other does. */
    private static final class Other extends DecoderResult {
        Other() {
            super(SIGNAL_SUCCESS);
        }
    }
}
