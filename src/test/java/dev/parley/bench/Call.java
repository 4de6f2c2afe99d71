package dev.parley.bench;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;

/**
 * One request of the load.
 *
 * @param statuses what the reply may be; any other is counted as a failure
 * @param toldOf whether the traffic wants to see the reply
 */
public record Call(
        HttpMethod method,
        String path,
        Map<String, String> headers,
        String body,
        List<Integer> statuses,
        boolean toldOf) {

    static Call get(String path, Map<String, String> headers) {
        return new Call(HttpMethod.GET, path, headers, "", List.of(200, 304), false);
    }

    static Call send(HttpMethod method, String path, Map<String, String> headers, String body) {
        return new Call(method, path, headers, body, List.of(200, 201), false);
    }

    Call andTell() {
        return new Call(method, path, headers, body, statuses, true);
    }
}
