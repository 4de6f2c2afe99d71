package dev.parley.http.channel;

import dev.parley.http.ErrorReply;
import dev.parley.http.HttpConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The routes of the channel and of its AsyncAPI document: checks the opening handshake (RFC 6455, section 4.2.1) of a request that the request filter has admitted, so
 * that each refusal is a problem.
 */
@Singleton
final class ChannelRoute implements HttpServerOptionsCustomizer {
    private static final String PROTOCOL = "parley.v1";
    private static final String DOCUMENT = "/q/asyncapi";
    private static final String VERSION = "13";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

    /** Resolved late, because routes are installed before the store is opened. */
    private final Instance<Channels> channels;

    private final Instance<AsyncApi> asyncApi;
    private final int messageBytesMax;

    ChannelRoute(Instance<Channels> channels, Instance<AsyncApi> asyncApi, HttpConfig config) {
        this.channels = channels;
        this.asyncApi = asyncApi;
        this.messageBytesMax = config.bodyBytesMax();
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        configure(options);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        configure(options);
    }

    @Override
    public void customizeDomainSocketServer(HttpServerOptions options) {
        configure(options);
    }

    /** Messages are not compressed: it would cost more CPU than the rest of a message, and memory for each channel. */
    private void configure(HttpServerOptions options) {
        options.addWebSocketSubProtocol(PROTOCOL)
                .setMaxWebSocketFrameSize(messageBytesMax)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
    }

    void install(@Observes Router router) {
        router.route(Reply.PATH).handler(this::open);
        router.get(DOCUMENT).handler(this::describe);
        router.head(DOCUMENT).handler(this::describe);
    }

    private void describe(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(Buffer.buffer(asyncApi.get().document()));
    }

    private void open(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean isGet = request.method().equals(HttpMethod.GET);
        if (!isGet && !request.method().equals(HttpMethod.HEAD)) {
            ErrorReply.ofStatus(Reply.PATH, 405).send(context);
        } else if (request.version() == HttpVersion.HTTP_2) {
            refuse(context, 501, "Open the channel over HTTP/1.1; WebSockets over HTTP/2 are not supported.");
        } else if (!isGet
                || !names(request, HttpHeaders.UPGRADE, "websocket")
                || !names(request, HttpHeaders.CONNECTION, "upgrade")) {
            refuseUntilUpgrade(context, "Open the channel as a WebSocket with the subprotocol " + PROTOCOL + ".");
        } else if (!VERSION.equals(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            refuseUntilUpgrade(context, "Open the channel with version " + VERSION + " of the WebSocket protocol.");
        } else if (elements(request, HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).noneMatch(PROTOCOL::equals)) {
            refuse(context, 400, "Offer the subprotocol " + PROTOCOL + " in Sec-WebSocket-Protocol.");
        } else if (!KEY.matcher(String.valueOf(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY)))
                .matches()) {
            refuse(context, 400, "Sec-WebSocket-Key must be 16 bytes in base64.");
        } else {
            channels.get().accept(context);
        }
    }

    /** Whether the list in a header contains {@code word}, in any case. */
    private static boolean names(HttpServerRequest request, CharSequence header, String word) {
        return elements(request, header).anyMatch(word::equalsIgnoreCase);
    }

    private static Stream<String> elements(HttpServerRequest request, CharSequence header) {
        List<String> lists = request.headers().getAll(header);
        return lists.stream().flatMap(list -> Arrays.stream(list.split(","))).map(String::strip);
    }

    /** RFC 9110, section 15.5.22; RFC 6455, section 4.4. */
    private static void refuseUntilUpgrade(RoutingContext context, String detail) {
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.UPGRADE, "websocket")
                .putHeader(HttpHeaders.CONNECTION, "Upgrade")
                .putHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
        refuse(context, 426, detail);
    }

    private static void refuse(RoutingContext context, int status, String detail) {
        ErrorReply.ofStatus(Reply.PATH, status, detail).send(context);
    }
}
