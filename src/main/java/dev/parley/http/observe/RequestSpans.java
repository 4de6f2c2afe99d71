package dev.parley.http.observe;

import dev.parley.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** A span for each call, under the caller's where it sent one (W3C Trace Context); it ends with the reply. */
public final class RequestSpans {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");

    private final Tracing tracing;

    public RequestSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    /** Begins the span of a call; what the store does for it comes under it. */
    public void begin(RoutingContext context, RequestRecord call) {
        Context caller =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), context.request(), Header.GETTER);
        Span span = tracing.beginCall(call.method() + " " + call.pattern(), caller);
        span.setAttribute(METHOD, call.method());
        span.setAttribute(ROUTE, call.pattern());
        context.addEndHandler(end -> {
            int status = context.response().getStatusCode();
            span.setAttribute(STATUS, status);
            if (status >= 500 || end.failed()) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        });
    }

    private enum Header implements TextMapGetter<HttpServerRequest> {
        GETTER;

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
