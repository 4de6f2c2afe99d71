package dev.parley.ops;

import dev.parley.http.channel.Channels;
import dev.parley.http.observe.RequestMeters;
import dev.parley.http.wait.OpenStreams;
import dev.parley.store.sql.RowDamaged;
import dev.parley.waiting.WaitRegistry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.smallrye.config.SmallRyeConfig;
import jakarta.inject.Singleton;

/** The metrics of a server that belong to no other package: waiting requests, and the version. */
@Singleton
public final class ServiceMeters {
    private final MeterRegistry registry;
    private final WaitRegistry waits;
    private final OpenStreams streams;
    private final Channels channels;
    private final SmallRyeConfig config;

    public ServiceMeters(
            MeterRegistry registry, WaitRegistry waits, OpenStreams streams, Channels channels, SmallRyeConfig config) {
        this.registry = registry;
        this.waits = waits;
        this.streams = streams;
        this.channels = channels;
        this.config = config;
    }

    void register() {
        RequestMeters.begin();
        RowDamaged.begin();
        Gauge.builder("parley.waiters", waits, WaitRegistry::size)
                .description("Waiting requests, including event streams")
                .register(registry);
        Gauge.builder("parley.streams", streams, OpenStreams::size)
                .description("Open event streams, of sessions, of topics, and shared ones")
                .register(registry);
        Gauge.builder("parley.channels", channels, Channels::size)
                .description("Open channels")
                .register(registry);
        Gauge.builder("parley.build.info", () -> 1)
                .description("Version information; the value is always 1")
                .tag(
                        "version",
                        config.getConfigValue("quarkus.application.version").getValue())
                .tag("quarkus", Quarkus.class.getPackage().getImplementationVersion())
                .tag("java", Runtime.version().toString())
                .register(registry);
    }
}
