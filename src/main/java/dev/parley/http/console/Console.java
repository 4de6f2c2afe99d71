package dev.parley.http.console;

import static java.util.Objects.requireNonNull;

import dev.parley.http.console.StaticFile.Representation;
import io.nayuki.qrcodegen.QrCode;
import io.nayuki.qrcodegen.QrCode.Ecc;
import io.quarkus.runtime.LaunchMode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.ParsedHeaderValue;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The routes to the console page, to the browser client, and to QR codes; no path of an API is among them. */
@Singleton
public final class Console {
    /** The path of the page; browsers get it at the root as well. */
    public static final String PAGE = "/console.html";

    private static final String QR = "/qr";

    /** The browser client under the hash of its content, so that browsers need not revalidate it. */
    private static final Pattern VERSIONED = Pattern.compile("/parley-[0-9a-f]{16}\\.js");

    /** The page loads its own files only. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'";

    /** QR codes of longer links cannot be read from a screen. */
    private static final int LINK_CHARS_MAX = 800;

    private static final int LINK_BYTES_MAX = 4 * LINK_CHARS_MAX;

    /** The quiet zone around a QR code, in modules (ISO/IEC 18004, section 5.3.8). */
    private static final int QUIET = 4;

    void open(@Observes Router router) {
        reading(router.route("/")).handler(Console::root);
        Map<String, StaticFile> files = StaticFile.load();
        // Not route(path), which also matches a trailing slash.
        reading(router.routeWithRegex(
                        StaticFile.PATHS.stream().map(Pattern::quote).collect(Collectors.joining("|"))))
                .handler(context -> send(context, current(files, context.normalizedPath()), "no-cache"));
        reading(router.routeWithRegex(VERSIONED.pattern())).handler(context -> sendVersion(context, files));
        router.post(QR).order(-1).handler(Console::qrCode);
    }

    /** Whether a request is for the page, one of its files or a QR code, which need no credential. */
    public static boolean isFor(RoutingContext request) {
        HttpMethod method = request.request().method();
        String path = request.normalizedPath();
        if (method.equals(HttpMethod.POST)) {
            return path.equals(QR);
        }
        boolean reads = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        return reads && (path.equals("/") ? prefersHtml(request) : isFile(path));
    }

    /** Whether a request for the root gets the page: browsers do, other clients get the compatible API. */
    public static boolean isAtFront(RoutingContext request) {
        return request.normalizedPath().equals("/") && isFor(request);
    }

    private static boolean isFile(String path) {
        return StaticFile.PATHS.contains(path) || VERSIONED.matcher(path).matches();
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
                default -> {} // clients that accept anything get the API
            }
        }
        return html > 0 && html >= json;
    }

    private static StaticFile current(Map<String, StaticFile> files, String path) {
        // In dev mode an edited file is visible at the next reload; the client, when the build has bundled it again.
        boolean edited = LaunchMode.current() == LaunchMode.DEVELOPMENT;
        return requireNonNull((edited ? StaticFile.load() : files).get(path));
    }

    /** Other versions, which a page may still name after an update, redirect to the current one. */
    private static void sendVersion(RoutingContext context, Map<String, StaticFile> files) {
        StaticFile client = current(files, StaticFile.CLIENT);
        if (context.normalizedPath().equals("/" + versioned(client))) {
            send(context, client, "public, max-age=31536000, immutable");
        } else {
            context.response()
                    .setStatusCode(302)
                    .putHeader(HttpHeaders.LOCATION, "parley.js")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                    .end();
        }
    }

    private static String versioned(StaticFile client) {
        return "parley-" + client.plain().hash() + ".js";
    }

    private static void send(RoutingContext context, StaticFile file, String caching) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        boolean compressed = acceptsGzip(context);
        Representation sent = compressed ? file.gzip() : file.plain();
        response.putHeader(HttpHeaders.CACHE_CONTROL, caching)
                .putHeader(HttpHeaders.ETAG, sent.entityTag())
                .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "cross-origin");
        response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (context.normalizedPath().equals(StaticFile.CLIENT)) {
            response.putHeader(HttpHeaders.CONTENT_LOCATION, versioned(file));
        }
        if (context.normalizedPath().equals(PAGE)) {
            varyByAccept(context); // it may have been requested at the root
        }
        if (isKnown(request, sent)) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, file.mediaType())
                .putHeader(
                        HttpHeaders.CONTENT_LENGTH,
                        Integer.toString(sent.content().length()));
        if (compressed) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(sent.content().copy());
        }
    }

    /** Whether If-None-Match contains the entity tag (RFC 9110, section 13.1.2); proxies that compress make tags weak. */
    private static boolean isKnown(HttpServerRequest request, Representation sent) {
        return request.headers().getAll(HttpHeaders.IF_NONE_MATCH).stream()
                .anyMatch(tags -> tags.strip().equals("*") || tags.contains(sent.entityTag()));
    }

    /** Whether Accept-Encoding accepts gzip and does not prefer identity (RFC 9110, section 12.5.3). */
    private static boolean acceptsGzip(RoutingContext context) {
        Map<String, Float> weights = context.parsedHeaders().acceptEncoding().stream()
                .collect(Collectors.toMap(
                        encoding -> encoding.value().toLowerCase(Locale.ROOT), ParsedHeaderValue::weight, Math::max));
        float gzip = weights.getOrDefault("gzip", weights.getOrDefault("*", 0f));
        return gzip > 0 && gzip >= weights.getOrDefault("identity", 0f);
    }

    private static void varyByAccept(RoutingContext context) {
        context.response().headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }

    /** The link is in the body, because it contains a code, and URLs are written into logs. */
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
                .executeBlocking(() -> image(link), false)
                .onFailure(context::fail)
                .onSuccess(image -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "image/svg+xml")
                        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                        .putHeader("X-Content-Type-Options", "nosniff")
                        .putHeader("Content-Security-Policy", "default-src 'none'")
                        .end(image));
    }

    /** A QR code (ISO/IEC 18004) as an SVG image, dark on light in any colour scheme, because cameras expect that. */
    private static String image(String text) {
        QrCode code = QrCode.encodeText(text, Ecc.MEDIUM);
        int side = code.size + 2 * QUIET;
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">\
                <path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>
                """.formatted(side, side, side, side, dark(code));
    }

    /** One bar for each run of dark modules in a row. */
    private static String dark(QrCode code) {
        var path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                int begin = x;
                while (code.getModule(x, y)) {
                    x++;
                }
                if (x > begin) {
                    path.append("M%d %dh%dv1h-%dz".formatted(begin + QUIET, y + QUIET, x - begin, x - begin));
                }
            }
        }
        return path.toString();
    }
}
