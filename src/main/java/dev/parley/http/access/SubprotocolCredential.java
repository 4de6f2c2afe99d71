package dev.parley.http.access;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The credential of a page that opens a WebSocket, where it can set no header: a subprotocol {@code bearer.} and the key in base64url,
 * without padding. It becomes the {@code Authorization} of the request, so nothing else reads, selects or repeats it.
 */
public final class SubprotocolCredential {
    private static final String PREFIX = "bearer.";

    private SubprotocolCredential() {}

    /** Moves the credential of a request that has one; beside {@code Authorization} or another one it is ambiguous. */
    public static void move(HttpServerRequest request) {
        MultiMap headers = request.headers();
        var others = new ArrayList<String>();
        List<String> lists = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
        for (String list : lists) {
            for (String protocol : list.split(",")) {
                if (protocol.strip().startsWith(PREFIX)) {
                    headers.add(
                            HttpHeaders.AUTHORIZATION,
                            "Bearer " + decoded(protocol.strip().substring(PREFIX.length())));
                } else {
                    others.add(protocol);
                }
            }
        }
        if (!lists.isEmpty()) {
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(",", others));
        }
    }

    private static String decoded(String base64) {
        try {
            return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return ""; // no credential is empty
        }
    }
}
