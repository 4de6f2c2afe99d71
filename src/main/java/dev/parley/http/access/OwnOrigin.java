package dev.parley.http.access;

import dev.parley.config.InvalidConfiguration;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The web origin (RFC 6454) of the pages that this service itself serves, and the requests of these pages. It is written as browsers
 * write it, in lower case and without a default port, because it is compared with what they send.
 */
@Singleton
public final class OwnOrigin {
    private static final Pattern WEB_ORIGIN = Pattern.compile(
            "(https?)://([a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}])(?::([0-9]{0,5}))?", Pattern.CASE_INSENSITIVE);

    private static final String SITE = "Sec-Fetch-Site";
    private static final String SAME_ORIGIN = "same-origin";

    private final @Nullable String configured;
    private final ClientAddresses addresses;

    public OwnOrigin(OriginConfig config, ClientAddresses addresses) {
        this.configured = config.publicUrl().map(OwnOrigin::ofPublicUrl).orElse(null);
        this.addresses = addresses;
    }

    static String ofPublicUrl(String url) {
        String origin = serialized(url.replaceFirst("/$", ""));
        if (origin == null) {
            throw new InvalidConfiguration(
                    "parley.http.public-url: must be http:// or https:// with a host, a port if it is"
                            + " not the default, and no path, such as https://parley.example.org.");
        }
        return origin;
    }

    /** The origin by the configuration alone; null if it is not configured. */
    public @Nullable String configured() {
        return configured;
    }

    /** The origin by the configuration, trusted proxies or the request itself; null if none of them contains it. */
    @Nullable
    public String of(HttpServerRequest request) {
        return configured == null ? requested(request) : configured;
    }

    private @Nullable String requested(HttpServerRequest request) {
        ClientAddresses.Forwarded forwarded = addresses.forwarded(request);
        String scheme = forwarded == null ? null : forwarded.scheme();
        if (scheme == null) {
            // By the connection: in HTTP/2 request.scheme() is whatever the client wrote.
            scheme = request.isSSL() ? "https" : "http";
        }
        String host = forwarded == null ? null : forwarded.host();
        if (host == null) {
            host = request.authority() == null ? "" : request.authority().toString();
        }
        return serialized(scheme + "://" + host);
    }

    /**
     * Whether a request of a same-origin page has {@code Origin: null}: a page that sends no referrer has its origin withheld from its
     * POSTs in the mode {@code same-origin} (Fetch standard, "append a request Origin header").
     */
    public static boolean isWithheld(HttpServerRequest request) {
        return "null".equals(request.getHeader(HttpHeaders.ORIGIN)) && SAME_ORIGIN.equals(request.getHeader(SITE));
    }

    /**
     * The origin of the page that sent a request without {@code Origin}, if it is a page of this service; otherwise null. A browser
     * reports this in {@code Sec-Fetch-Site}, and {@code Referer}, if the page sends it, has the origin as the browser knows it, behind any
     * proxy. Browsers send no {@code Sec-Fetch-Site} to a host without TLS that is not a loopback address; then {@code Referer} must
     * have the origin that this service assumes.
     */
    @Nullable
    String ofPage(HttpServerRequest request) {
        String site = request.getHeader(SITE);
        if (site != null && !site.equals(SAME_ORIGIN)) {
            return null;
        }
        String referrer = leading(request.getHeader(HttpHeaders.REFERER));
        if (site != null && referrer != null) {
            return referrer;
        }
        if (site == null && referrer == null) {
            return null; // most requests of programs, which skip the rest
        }
        String own = of(request);
        return site != null || Objects.equals(referrer, own) ? own : null;
    }

    private static @Nullable String leading(@Nullable String url) {
        if (url == null) {
            return null;
        }
        Matcher origin = WEB_ORIGIN.matcher(url);
        boolean whole = origin.lookingAt() && (origin.end() == url.length() || url.charAt(origin.end()) == '/');
        return whole ? serialized(origin) : null;
    }

    private static @Nullable String serialized(String text) {
        Matcher origin = WEB_ORIGIN.matcher(text);
        return origin.matches() ? serialized(origin) : null;
    }

    private static String serialized(Matcher origin) {
        String scheme = origin.group(1).toLowerCase(Locale.ROOT);
        String host = origin.group(2).toLowerCase(Locale.ROOT);
        String port = origin.group(3);
        if (port == null || port.isEmpty()) {
            return scheme + "://" + host;
        }
        int number = Integer.parseInt(port);
        boolean standard = number == (scheme.equals("https") ? 443 : 80);
        return scheme + "://" + host + (standard ? "" : ":" + number);
    }
}
