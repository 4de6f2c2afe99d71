package dev.parley.http.console;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** The routes to the console page, to the browser client, and to QR codes; no path of an API is among them. */
@Singleton
public final class Console {
    /** Where the page is; a browser comes to it by the root. */
    public static final String PAGE = "/console.html";

    private static final Pattern FILES =
            Pattern.compile("/(?:console\\.html|console/[a-z]+\\.(?:css|js)|icon\\.svg|parley\\.(?:js|d\\.ts))");
    private static final String QR = "/qr";

    /** Everything that the page needs is here, and nothing else may have a part in it. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'";

    /** Longer links make codes that no telephone can read from a screen. */
    private static final int LINK_CHARS_MAX = 800;

    private static final int LINK_BYTES_MAX = 4 * LINK_CHARS_MAX;

    void open(@Observes Router router) {
        reading(router.route("/")).handler(Console::root);
        reading(router.routeWithRegex(FILES.pattern())).handler(Console::file);
        router.post(QR).order(-1).handler(Console::qrCode);
    }

    /** Whether a request is for the page or what belongs to it, which is the same for everybody. */
    public static boolean isFor(RoutingContext request) {
        HttpMethod method = request.request().method();
        String path = request.normalizedPath();
        if (method.equals(HttpMethod.POST)) {
            return path.equals(QR);
        }
        boolean reads = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        return reads
                && (path.equals("/")
                        ? prefersHtml(request)
                        : FILES.matcher(path).matches());
    }

    /** Whether a request is for the root, and to be led to the page: the root belongs to the compatible API, but to browsers. */
    public static boolean isAtFront(RoutingContext request) {
        return request.normalizedPath().equals("/") && isFor(request);
    }

    private static Route reading(Route route) {
        return route.order(-1).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private static void root(RoutingContext context) {
        varyByAccept(context);
        context.next();
    }

    private static boolean prefersHtml(RoutingContext context) {
        float html = 0;
        float json = 0;
        for (MIMEHeader type : context.parsedHeaders().accept()) {
            switch (type.value().toLowerCase(Locale.ROOT)) {
                case "text/html" -> html = Math.max(html, type.weight());
                case "application/json" -> json = Math.max(json, type.weight());
                default -> {} // who takes anything gets what always was here
            }
        }
        return html > 0 && html >= json;
    }

    /** The framework sends the file. Its name is the same in every version, so a browser asks each time whether it has changed. */
    private static void file(RoutingContext context) {
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "cross-origin");
        varyByAccept(context);
        context.addHeadersEndHandler(sending -> {
            if (response.getStatusCode() < 300) {
                response.putHeader(HttpHeaders.CONTENT_TYPE, typeOf(context.normalizedPath()));
            }
        });
        context.next();
    }

    /**
     * The media type of one of the files. The framework would have types of its own, but takes {@code .ts} for a film, and names none
     * in its reply to HEAD, which is to have what that to GET has (RFC 9110, section 9.3.2).
     */
    private static String typeOf(String path) {
        return switch (path.substring(path.lastIndexOf('.') + 1)) {
            case "html" -> "text/html;charset=UTF-8";
            case "css" -> "text/css;charset=UTF-8";
            case "js" -> "text/javascript;charset=UTF-8";
            case "svg" -> "image/svg+xml";
            default -> "text/plain;charset=UTF-8";
        };
    }

    private static void varyByAccept(RoutingContext context) {
        context.response().headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }

    /** The link is the body and no part of the address: it lets its holder in, and addresses are written into logs. */
    private static void qrCode(RoutingContext context) {
        HttpServerRequest request = context.request();
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null || Long.parseLong(length) > LINK_BYTES_MAX) {
            context.fail(400);
            return;
        }
        request.body().onSuccess(body -> draw(context, body.toString(StandardCharsets.UTF_8)));
        request.resume();
    }

    private static void draw(RoutingContext context, String link) {
        if (link.isEmpty() || link.length() > LINK_CHARS_MAX) {
            context.fail(400);
            return;
        }
        context.vertx()
                .executeBlocking(() -> QrCodeImage.of(link), false)
                .onFailure(context::fail)
                .onSuccess(image -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "image/svg+xml")
                        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                        .putHeader("X-Content-Type-Options", "nosniff")
                        .putHeader("Content-Security-Policy", "default-src 'none'")
                        .end(image));
    }
}
