package dev.parley.http.filter;

import dev.parley.config.InvalidConfiguration;
import dev.parley.http.HttpConfig;
import dev.parley.http.observe.Endpoint;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Exports a span of each request in batches, from a thread of its own, by OTLP over HTTP. If the collector is unreachable, spans are
 * lost; requests are not affected. Spans leave the service, so they contain the pattern of the path, the status and the name of the
 * database node only.
 */
@Singleton
@RegisterForReflection(classNames = "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider")
public final class Tracing {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("parley.operation");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> NODE = AttributeKey.stringKey("parley.node");
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    /** Null without a collector, and for commands. */
    private final @Nullable SdkTracerProvider provider;

    public Tracing(
            HttpConfig config,
            @ConfigProperty(name = "quarkus.http.host-enabled", defaultValue = "true") boolean server,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        config.tracesEndpoint().filter(collector -> !isHttp(collector)).ifPresent(collector -> {
            throw new InvalidConfiguration(
                    "parley.traces.endpoint: must be a URL such as http://127.0.0.1:4318/v1/traces.");
        });
        this.provider = config.tracesEndpoint()
                .filter(collector -> server)
                .map(collector -> provider(collector, config.tracesRatio(), version))
                .orElse(null);
    }

    private static boolean isHttp(URI url) {
        return url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    }

    private static SdkTracerProvider provider(URI collector, double ratio, String version) {
        return SdkTracerProvider.builder()
                .setResource(Resource.getDefault().toBuilder()
                        .put("service.name", "parley")
                        .put("service.version", version)
                        .build())
                // The trace id decides, so services with the same ratio export the same traces. The caller's sampling
                // flag is
                // ignored, because callers are not trusted.
                .setSampler(Sampler.traceIdRatioBased(ratio))
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(collector.toString())
                                .build())
                        .build())
                .build();
    }

    /**
     * Starts the span of a request; it ends with the reply. Its parent is the caller's span, if the request has a
     * {@code traceparent} (W3C Trace Context).
     *
     * @return ends the span if the connection becomes a channel, because the framework does not report the end of such a reply
     */
    Runnable startRequest(RoutingContext context, Endpoint endpoint) {
        if (provider == null) {
            return () -> {};
        }
        Context caller =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), context.request(), new Headers());
        Span span = provider.get("dev.parley")
                .spanBuilder(endpoint.method() + " " + endpoint.pattern())
                .setParent(caller)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, endpoint.method())
                .setAttribute(ROUTE, endpoint.pattern())
                .startSpan();
        context.addEndHandler(end -> {
            int status = context.response().getStatusCode();
            span.setAttribute(STATUS, status);
            span.setAttribute(NODE, context.response().headers().get("x-served-by"));
            if (status >= 500 || end.failed()) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        });
        return () -> endMessage(span, context.response().getStatusCode());
    }

    /** Starts the span of a request of a channel, which {@link #endMessage} ends; null if spans are not exported. */
    public @Nullable Span startMessage(String operation) {
        return provider == null
                ? null
                : provider.get("dev.parley")
                        .spanBuilder("CHANNEL " + operation)
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(ROUTE, Endpoint.CHANNEL.pattern())
                        .setAttribute(OPERATION, operation)
                        .startSpan();
    }

    public static void endMessage(Span span, int status) {
        span.setAttribute(STATUS, status);
        if (status >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    /** Exports the remaining spans, within two seconds. */
    @PreDestroy
    void close() {
        if (provider != null) {
            provider.shutdown().join(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static final class Headers implements TextMapGetter<HttpServerRequest> {
        @Override
        public Iterable<String> keys(HttpServerRequest request) {
            return request.headers().names();
        }

        @Override
        public @Nullable String get(@Nullable HttpServerRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }
    }
}
