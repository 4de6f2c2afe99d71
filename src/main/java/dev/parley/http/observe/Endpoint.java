package dev.parley.http.observe;

import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An endpoint as metrics, logs and traces name it: by its method and the pattern of its path. */
public enum Endpoint {
    OPEN("POST", "/api/v1/sessions"),
    FIND("GET", "/api/v1/sessions"),
    READ("GET", "/api/v1/sessions/{code}"),
    EXTEND("PATCH", "/api/v1/sessions/{code}"),
    CLOSE("DELETE", "/api/v1/sessions/{code}"),
    ANSWER("PUT", "/api/v1/sessions/{code}/answer"),
    TRICKLE("POST", "/api/v1/sessions/{code}/candidates"),
    RESTART("PUT", "/api/v1/sessions/{code}/offer"),
    EVENTS("GET", "/api/v1/sessions/{code}/events"),
    WATCH("POST", "/api/v1/events"),
    TOPICS("GET", "/api/v1/topics"),
    ICE_SERVERS("GET", "/api/v1/ice-servers"),
    CHANNEL("GET", "/api/v1/channel"),
    /** Any other request below {@code /api/v1}. */
    NATIVE_OTHER("other", "other"),
    WHIP_OPEN("POST", "/whip/{topic}"),
    WHIP_CHECK("GET", "/whip/{topic}"),
    WHIP_OPTIONS("OPTIONS", "/whip/{topic}"),
    WHIP_TRICKLE("PATCH", "/whip/sessions/{session}"),
    WHIP_READ("GET", "/whip/sessions/{session}"),
    WHIP_CLOSE("DELETE", "/whip/sessions/{session}"),
    WHEP_OPEN("POST", "/whep/{topic}"),
    WHEP_CHECK("GET", "/whep/{topic}"),
    WHEP_OPTIONS("OPTIONS", "/whep/{topic}"),
    WHEP_TRICKLE("PATCH", "/whep/sessions/{session}"),
    WHEP_READ("GET", "/whep/sessions/{session}"),
    WHEP_CLOSE("DELETE", "/whep/sessions/{session}"),
    RONDEVU_FRONT("GET", "/"),
    RONDEVU_TOPICS("GET", "/topics"),
    RONDEVU_FIND("GET", "/{topic}/sessions"),
    RONDEVU_OPEN("POST", "/{topic}/offer"),
    RONDEVU_ANSWER("POST", "/answer"),
    RONDEVU_POLL("POST", "/poll"),
    HEALTH("GET", "/health"),
    /** Any other request: the files of the console, and paths that do not exist. */
    OTHER("other", "other");

    private static final String NATIVE_ROOT = "/api/v1";
    private static final String SESSION = "/api/v1/sessions/";

    private static final Map<String, Map<String, Endpoint>> BY_PATTERN = Arrays.stream(values())
            .filter(endpoint -> endpoint != NATIVE_OTHER && endpoint != OTHER)
            .collect(Collectors.groupingBy(Endpoint::pattern, Collectors.toMap(Endpoint::method, Function.identity())));

    private final String method;
    private final String pattern;

    Endpoint(String method, String pattern) {
        this.method = method;
        this.pattern = pattern;
    }

    /**
     * The endpoint of a request, whether it will be accepted or not; a HEAD request counts as GET.
     *
     * @param path normalized and percent-encoded; as it was sent if it cannot be normalized
     */
    public static Endpoint of(HttpMethod method, String path) {
        Map<String, Endpoint> methods = BY_PATTERN.get(pattern(path));
        Endpoint endpoint =
                methods == null ? null : methods.get(method.equals(HttpMethod.HEAD) ? "GET" : method.name());
        if (endpoint != null) {
            return endpoint;
        }
        return path.startsWith(NATIVE_ROOT) ? NATIVE_OTHER : OTHER;
    }

    /** The methods that a path supports (RFC 9110, section 10.2.1), sorted; empty if there is no such path. */
    public static Set<String> methods(String path) {
        var methods =
                new TreeSet<>(BY_PATTERN.getOrDefault(pattern(path), Map.of()).keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return methods;
    }

    /** Whether a path belongs to the compatible API, which {@code parley.rondevu.enabled} may disable. */
    public static boolean isRondevu(String path) {
        return BY_PATTERN.getOrDefault(pattern(path), Map.of()).values().stream()
                .anyMatch(endpoint -> endpoint.api().equals("compatible") && endpoint != HEALTH);
    }

    private static String pattern(String path) {
        if (path.startsWith("/whip/") || path.startsWith("/whep/")) {
            return patternOfWhip(path);
        }
        if (path.startsWith(SESSION)) {
            int end = path.indexOf('/', SESSION.length());
            return end < 0 ? READ.pattern : SESSION + "{code}" + path.substring(end);
        }
        int end = path.indexOf('/', 1);
        return end < 0 || path.startsWith(NATIVE_ROOT) ? path : "/{topic}" + path.substring(end);
    }

    /** The topics "offer" and "sessions" are those of the compatible API only, in which "whip" may be a topic. */
    private static String patternOfWhip(String path) {
        String root = path.substring(0, 6);
        String rest = path.substring(6);
        if (rest.equals("offer") || rest.equals("sessions")) {
            return "/{topic}/" + rest;
        }
        if (rest.startsWith("sessions/") && rest.indexOf('/', 9) < 0) {
            return root + "sessions/{session}";
        }
        return rest.indexOf('/') < 0 ? root + "{topic}" : path;
    }

    /** {@code native}, {@code whip} or {@code compatible}. */
    String api() {
        return compareTo(NATIVE_OTHER) <= 0 ? "native" : compareTo(RONDEVU_FRONT) < 0 ? "whip" : "compatible";
    }

    /** Whether the endpoint itself replies to OPTIONS. */
    public boolean isOptions() {
        return method.equals("OPTIONS");
    }

    /** The method, or {@code other}. */
    public String method() {
        return method;
    }

    /** The path with placeholders in braces, or {@code other}. */
    public String pattern() {
        return pattern;
    }
}
