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
public record LoadRequest(
        HttpMethod method,
        String path,
        Map<String, String> headers,
        String body,
        List<Integer> statuses,
        boolean toldOf) {

    static LoadRequest get(String path, Map<String, String> headers) {
        return new LoadRequest(HttpMethod.GET, path, headers, "", List.of(200, 304), false);
    }

    static LoadRequest send(HttpMethod method, String path, Map<String, String> headers, String body) {
        return new LoadRequest(method, path, headers, body, List.of(200, 201), false);
    }

    LoadRequest andTell() {
        return new LoadRequest(method, path, headers, body, statuses, true);
    }
}
