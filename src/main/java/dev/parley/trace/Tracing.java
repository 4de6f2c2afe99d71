package dev.parley.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Makes spans and sends them, in batches and from a thread of its own, to a collector that takes OTLP over HTTP. A collector that
 * cannot be reached costs spans and nothing else.
 */
@RegisterForReflection(classNames = "io.opentelemetry.exporter.sender.jdk.internal.JdkHttpSenderProvider")
public final class Tracing implements AutoCloseable {
    private static final String PARENT = Tracing.class.getName();
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /**
     * @param collector where spans are sent, such as {@code http://127.0.0.1:4318/v1/traces}
     * @param ratio of how many traces spans are made, 0 to 1. The id of a trace decides, so services of one ratio keep the same
     *     ones; a caller's word does not, because callers are strangers
     */
    public Tracing(URI collector, double ratio, String version) {
        this.provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault().toBuilder()
                        .put("service.name", "parley")
                        .put("service.version", version)
                        .build())
                .setSampler(Sampler.traceIdRatioBased(ratio))
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(collector.toString())
                                .build())
                        .build())
                .build();
        this.tracer = provider.get("dev.parley");
    }

    /**
     * Begins the span of a call that is being served here, and keeps it in mind for what the store does for it.
     *
     * @param caller what the call comes under; the root where nobody says
     */
    public Span beginCall(String what, Context caller) {
        Span span = tracer.spanBuilder(what)
                .setParent(caller)
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        io.vertx.core.Context here = Vertx.currentContext();
        if (here != null) {
            here.putLocal(PARENT, caller.with(span));
        }
        return span;
    }

    /** Begins the span of what the store does for the call that is being served here; of its own, where none is. */
    Span begin(String what) {
        io.vertx.core.Context here = Vertx.currentContext();
        Context parent = here == null ? null : here.getLocal(PARENT);
        return tracer.spanBuilder(what)
                .setParent(parent == null ? Context.root() : parent)
                .setSpanKind(SpanKind.CLIENT)
                .startSpan();
    }

    /** Sends what has not been sent, for two seconds at most. */
    @Override
    public void close() {
        provider.shutdown().join(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }
}
