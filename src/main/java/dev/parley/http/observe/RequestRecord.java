package dev.parley.http.observe;

import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A call of an API as it is spoken of to operators: its method and the pattern of its path. */
public enum RequestRecord {
    OPEN(Api.NATIVE, "POST", "/api/v1/sessions"),
    FIND(Api.NATIVE, "GET", "/api/v1/sessions"),
    READ(Api.NATIVE, "GET", "/api/v1/sessions/{code}"),
    EXTEND(Api.NATIVE, "PATCH", "/api/v1/sessions/{code}"),
    CLOSE(Api.NATIVE, "DELETE", "/api/v1/sessions/{code}"),
    ANSWER(Api.NATIVE, "PUT", "/api/v1/sessions/{code}/answer"),
    TRICKLE(Api.NATIVE, "POST", "/api/v1/sessions/{code}/candidates"),
    RESTART(Api.NATIVE, "PUT", "/api/v1/sessions/{code}/offer"),
    EVENTS(Api.NATIVE, "GET", "/api/v1/sessions/{code}/events"),
    TOPICS(Api.NATIVE, "GET", "/api/v1/topics"),
    ICE_SERVERS(Api.NATIVE, "GET", "/api/v1/ice-servers"),
    NATIVE_OTHER(Api.NATIVE),
    RONDEVU_FRONT(Api.COMPATIBLE, "GET", "/"),
    RONDEVU_TOPICS(Api.COMPATIBLE, "GET", "/topics"),
    RONDEVU_FIND(Api.COMPATIBLE, "GET", "/{topic}/sessions"),
    RONDEVU_OPEN(Api.COMPATIBLE, "POST", "/{topic}/offer"),
    RONDEVU_ANSWER(Api.COMPATIBLE, "POST", "/answer"),
    RONDEVU_POLL(Api.COMPATIBLE, "POST", "/poll"),
    HEALTH(Api.COMPATIBLE, "GET", "/health"),
    /** All at the root that is no call of the API: the console's files, and what is not there. */
    OTHER(Api.COMPATIBLE);

    /** Which API a call is of. */
    private enum Api {
        NATIVE,
        COMPATIBLE
    }

    private static final String SOME = "other";
    private static final String NATIVE_ROOT = "/api/v1";
    private static final String SESSION = "/api/v1/sessions/";

    private static final Map<String, Map<String, RequestRecord>> BY_PATTERN = Arrays.stream(values())
            .filter(call -> !call.method.equals(SOME))
            .collect(Collectors.groupingBy(
                    RequestRecord::pattern, Collectors.toMap(call -> call.method, Function.identity())));

    private final Api api;
    private final String method;
    private final String pattern;

    RequestRecord(Api api, String method, String pattern) {
        this.api = api;
        this.method = method;
        this.pattern = pattern;
    }

    RequestRecord(Api api) {
        this.api = api;
        this.method = SOME;
        this.pattern = SOME;
    }

    /**
     * The call that a request makes, whether it will be taken or not; HEAD is the GET whose head it is.
     *
     * @param path normalized and percent-encoded; as it came where it cannot be normalized
     */
    public static RequestRecord of(HttpMethod method, String path) {
        Map<String, RequestRecord> calls = BY_PATTERN.get(pattern(path));
        RequestRecord call = calls == null ? null : calls.get(method.equals(HttpMethod.HEAD) ? "GET" : method.name());
        if (call != null) {
            return call;
        }
        return path.startsWith(NATIVE_ROOT) ? NATIVE_OTHER : OTHER;
    }

    private static String pattern(String path) {
        if (path.startsWith(SESSION)) {
            int end = path.indexOf('/', SESSION.length());
            return end < 0 ? READ.pattern : SESSION + "{code}" + path.substring(end);
        }
        int end = path.indexOf('/', 1);
        return end < 0 || path.startsWith(NATIVE_ROOT) ? path : "/{topic}" + path.substring(end);
    }

    /** {@code native} or {@code compatible}. */
    String api() {
        return api == Api.NATIVE ? "native" : "compatible";
    }

    /** The method; {@code other} where it may be any. */
    public String method() {
        return method;
    }

    /** The path with what differs from call to call in braces; {@code other} where it may be any. */
    public String pattern() {
        return pattern;
    }
}
