package dev.parley.ops;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.ApiKeys;
import dev.parley.access.GuessLimiter;
import dev.parley.access.KeyAdmin;
import dev.parley.access.RateLimiter;
import dev.parley.access.RateLimiters;
import dev.parley.cli.Checkup;
import dev.parley.cli.KeyCheck;
import dev.parley.config.InvalidConfiguration;
import dev.parley.expiry.SweepSchedule;
import dev.parley.expiry.Sweeper;
import dev.parley.http.HttpSettings;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.GuessFilter;
import dev.parley.http.access.OwnOrigin;
import dev.parley.http.access.TrustedProxies;
import dev.parley.http.filter.Origins;
import dev.parley.http.observe.AccessLog;
import dev.parley.http.observe.RequestSpans;
import dev.parley.http.wait.WaitDurations;
import dev.parley.ice.IceServers;
import dev.parley.ops.ParleyConfig.Access.Mode;
import dev.parley.session.Limits;
import dev.parley.session.Quota;
import dev.parley.store.Database;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.crypto.Rotation;
import dev.parley.trace.TracedDatabase;
import dev.parley.trace.Tracing;
import dev.parley.waiting.NodeNotifications;
import dev.parley.waiting.WaitLimits;
import dev.parley.waiting.WaitRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.scheduler.Scheduler;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts the rooms together: what the configuration says becomes the objects that the rooms are given. */
@Singleton
public class Wiring {
    private static final Logger LOG = Logger.getLogger("parley");

    /** Whether this process listens, as the server does, or runs a command. */
    static final String SERVING = "quarkus.http.host-enabled";

    private static final Duration RECHECK_AMONG_NODES = Duration.ofSeconds(5);
    private static final Duration RECHECK_ALONE = Duration.ofSeconds(60);

    private final ParleyConfig config;
    private final boolean serving;
    private volatile boolean served;

    public Wiring(ParleyConfig config, @ConfigProperty(name = SERVING, defaultValue = "true") boolean serving) {
        this.config = config;
        this.serving = serving;
    }

    /**
     * Before the first request, so that what will not do stops the start. A command opens what it needs itself, and a doctor does
     * not need a store that can be opened.
     */
    void serve(
            @Observes StartupEvent started,
            SmallRyeConfig settings,
            Instance<Limits> limits,
            Instance<WaitDurations> patience,
            Instance<IceServers> iceServers,
            Instance<TrustedProxies> proxies,
            Instance<Database> database,
            Authenticator gate,
            ApiKeys keyring,
            Vertx vertx,
            Instance<Sweeper> sweeper,
            Instance<ServiceMeters> meters,
            MeterRegistry registry,
            Scheduler scheduler) {
        if (serving) {
            refuseUnsafeAddresses(settings);
            refuseTakenAddresses(settings);
            limits.get();
            patience.get();
            iceServers.get();
            proxies.get();
            watchKeys(gate, keyring, database.get(), vertx);
            meters.get().watch();
            new SweepSchedule(
                            scheduler,
                            sweeper.get(),
                            () -> database.get().nodes().get(0).serving(),
                            registry)
                    .start(config.expiry().schedule());
            served = true;
        }
    }

    /** The keys are known before the first request comes; how it stands with them afterwards, a look tells now and then. */
    private void watchKeys(Authenticator gate, ApiKeys keyring, Database database, Vertx vertx) {
        if (!gate.asks()) {
            return;
        }
        keyring.look(database).toCompletableFuture().join();
        if (keyring.size() == 0 && config.access().jwt().issuer().isEmpty()) {
            LOG.warn("Keys are asked for, and there is none; make one with \"parley key create\".");
        }
        vertx.setPeriodic(config.access().refresh().toMillis(), again -> keyring.look(database));
    }

    @Produces
    @Singleton
    ApiKeys keyring() {
        return new ApiKeys();
    }

    @Produces
    @Singleton
    Authenticator gate(ApiKeys keyring, InstantSource clock) {
        return AccessSettings.gate(config.access(), keyring, clock);
    }

    @Produces
    @Singleton
    KeyAdmin keys(Database database, SecureRandom random, InstantSource clock) {
        return new KeyAdmin(database, random, clock);
    }

    private void refuseUnsafeAddresses(SmallRyeConfig settings) {
        ListenAddress peers = ListenAddress.of(ListenAddress.HTTP, settings, config);
        ListenAddress operators = ListenAddress.of(ListenAddress.MANAGEMENT, settings, config);
        peers.refuseUnsafe();
        operators.refuseUnsafe();
        operators.refuseSame(peers);
    }

    /**
     * Before anything is opened; the server itself would not say which of its ports it was. Dev mode keeps its port over restarts, and
     * tests have others.
     */
    private void refuseTakenAddresses(SmallRyeConfig settings) {
        if (LaunchMode.current() == LaunchMode.NORMAL
                && !settings.getOptionalValue(ListenAddress.HTTP + ".so-reuse-port", Boolean.class)
                        .orElse(false)) {
            ListenAddress.of(ListenAddress.HTTP, settings, config).refuseTaken();
            ListenAddress.of(ListenAddress.MANAGEMENT, settings, config).refuseTaken();
        }
    }

    @Produces
    @Singleton
    @DefaultBean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    SecureRandom random() {
        return new SecureRandom();
    }

    @Produces
    @Singleton
    Limits limits() {
        ParleyConfig.Limits limits = config.limits();
        ParleyConfig.Session session = config.session();
        boolean inOrder =
                session.ttlMin().compareTo(session.ttl()) <= 0 && session.ttl().compareTo(session.ttlMax()) <= 0;
        if (!inOrder) {
            throw new InvalidConfiguration(
                    "parley.session.ttl: it must lie between parley.session.ttl-min and ttl-max.");
        }
        return new Limits(
                limits.description(),
                limits.candidate(),
                limits.candidatesPerRequest(),
                limits.candidatesPerSide(),
                limits.topic(),
                limits.peerId(),
                limits.code(),
                limits.tags(),
                limits.tag(),
                session.ttl(),
                session.ttlMin(),
                session.ttlMax(),
                new Quota(
                        limits.sessionsPerNamespace().map(Integer::longValue).orElse(Long.MAX_VALUE),
                        limits.bytesPerNamespace().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE)));
    }

    @Produces
    @Singleton
    HttpSettings httpSettings(SmallRyeConfig settings) {
        ParleyConfig.Limits limits = config.limits();
        return new HttpSettings(
                limits.body(),
                limits.jsonDepth(),
                limits.page(),
                limits.topic(),
                config.rondevu().enabled(),
                !ListenAddress.of(ListenAddress.MANAGEMENT, settings, config).isLoopback(),
                limits.arrival(),
                limits.connections());
    }

    @Produces
    @Singleton
    IceServers iceServers(InstantSource clock, SecureRandom random) {
        return IceSettings.iceServers(config.ice(), clock, random);
    }

    @Produces
    @Singleton
    RateLimiters rates() {
        Ticker ticker = Ticker.systemTicker();
        ParleyConfig.Limits limits = config.limits();
        return new RateLimiters(
                limits.requestsPerAddress()
                        .map(quota -> new RateLimiter("address", quota, ticker))
                        .orElse(null),
                limits.requestsPerKey()
                        .map(quota -> new RateLimiter("key", quota, ticker))
                        .orElse(null));
    }

    @Produces
    @Singleton
    GuessFilter codeGate(ClientAddresses addresses) {
        int missesMax = config.limits().missesPerAddress();
        return new GuessFilter(
                missesMax == 0 ? Optional.empty() : Optional.of(new GuessLimiter(missesMax, Ticker.systemTicker())),
                addresses);
    }

    @Produces
    @Singleton
    ClientAddresses clientAddresses(TrustedProxies proxies) {
        return new ClientAddresses(proxies);
    }

    @Produces
    @Singleton
    TrustedProxies trustedProxies() {
        try {
            return TrustedProxies.of(config.limits().trustedProxies().orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration("parley.limits.trusted-proxies: " + e.getMessage());
        }
    }

    @Produces
    @Singleton
    Optional<AccessLog> accessLog() {
        return config.log().access() ? Optional.of(new AccessLog()) : Optional.empty();
    }

    @Produces
    @Singleton
    OwnOrigin ownOrigin(TrustedProxies proxies) {
        return new OwnOrigin(publicOrigin(), proxies);
    }

    @Produces
    @Singleton
    Origins origins() {
        try {
            return Origins.parse(config.cors().origins());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration("parley.cors.origins: " + e.getMessage());
        }
    }

    private @Nullable String publicOrigin() {
        try {
            return config.http().publicUrl().map(OwnOrigin::ofPublicUrl).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration("parley.http.public-url: " + e.getMessage());
        }
    }

    @Produces
    @Singleton
    Database database(Engines engines, Optional<Tracing> tracing) {
        Database database = engines.open(storeUrl());
        return tracing.isPresent() ? new TracedDatabase(database, tracing.get()) : database;
    }

    @Produces
    @Singleton
    PayloadEncryption secrecy(SecureRandom random) {
        return new PayloadEncryption(EncryptionSettings.keyring(config.encryption()), serving, random);
    }

    @Produces
    @Singleton
    Rotation rotation(Database database, PayloadEncryption secrecy) {
        return new Rotation(database, secrecy);
    }

    @Produces
    @Singleton
    Optional<Tracing> tracing(@ConfigProperty(name = "quarkus.application.version") String version) {
        ParleyConfig.Traces traces = config.traces();
        traces.endpoint().filter(collector -> !isWeb(collector)).ifPresent(collector -> {
            throw new InvalidConfiguration(
                    "parley.traces.endpoint: it must be an address such as http://127.0.0.1:4318/v1/traces.");
        });
        return traces.endpoint()
                .filter(collector -> serving)
                .map(collector -> new Tracing(collector, traces.ratio(), version));
    }

    @Produces
    @Singleton
    Optional<RequestSpans> callSpans(Optional<Tracing> tracing) {
        return tracing.map(RequestSpans::new);
    }

    private static boolean isWeb(URI address) {
        return address.getHost() != null && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()));
    }

    void close(@Disposes Optional<Tracing> tracing) {
        tracing.ifPresent(Tracing::close);
    }

    private StoreUrl storeUrl() {
        return StoreUrl.parse(StoreUrl.KEY, config.store().url());
    }

    void close(@Disposes Database database) {
        database.close();
        if (served) {
            LOG.info("Stopped; every write that was accepted is done, and the store is closed");
        }
    }

    @Produces
    @Singleton
    NodeNotifications neighbours(Engines engines) {
        return engines.neighbours(storeUrl());
    }

    void close(@Disposes NodeNotifications neighbours) {
        neighbours.close();
    }

    @Produces
    @Singleton
    WaitRegistry feed(Vertx vertx, NodeNotifications neighbours, InstantSource clock) {
        ParleyConfig.Waiting waiting = config.waiting();
        // An SQLite store has one server, which misses no commit of its own.
        Duration recheck =
                waiting.recheck().orElse(neighbours == NodeNotifications.NONE ? RECHECK_ALONE : RECHECK_AMONG_NODES);
        return new WaitRegistry(
                vertx,
                new WaitLimits(waiting.perSession(), waiting.perClient(), waiting.total(), recheck),
                neighbours,
                clock);
    }

    /**
     * Ends waits when the drain period ends, so that clients that come again reach another node. The server still listens then and
     * the store can still be read; at ShutdownEvent connections are closed already.
     */
    void endWaits(@Observes ShutdownDelayInitiatedEvent stopping, WaitRegistry feed) {
        config.http().drain().ifPresentOrElse(drain -> endWaits(drain, feed), feed::close);
    }

    private static void endWaits(Duration drain, WaitRegistry feed) {
        LOG.infof("Draining for %d s: health checks fail, requests are served", drain.toSeconds());
        CompletableFuture.delayedExecutor(drain.toMillis(), TimeUnit.MILLISECONDS)
                .execute(feed::close);
    }

    @Produces
    @Singleton
    WaitDurations patience(@ConfigProperty(name = "quarkus.http.idle-timeout") Duration idleTimeout) {
        ParleyConfig.Waiting waiting = config.waiting();
        refuseUnlessShorter("parley.waiting.max", waiting.max(), idleTimeout);
        refuseUnlessShorter("parley.waiting.keep-alive", waiting.keepAlive(), idleTimeout);
        return new WaitDurations(waiting.max(), waiting.keepAlive());
    }

    /** Else the server would cut the connections on which somebody waits. */
    private static void refuseUnlessShorter(String key, Duration silence, Duration idleTimeout) {
        if (silence.compareTo(idleTimeout) >= 0) {
            throw new InvalidConfiguration(key + ": it must be shorter than quarkus.http.idle-timeout.");
        }
    }

    @Produces
    @Singleton
    Sweeper sweeper(Database database, InstantSource clock) {
        return new Sweeper(database, clock, config.expiry().batch());
    }

    @Produces
    @Singleton
    StoreAdmin upkeep(Engines engines) {
        return engines.upkeep(storeUrl());
    }

    private KeyCheck keyCheck(StoreAdmin upkeep) {
        ParleyConfig.Access access = config.access();
        return new KeyCheck(
                access.mode().filter(Mode.KEY::equals).isPresent(), access.jwt().issuer(), upkeep);
    }

    @Produces
    @Singleton
    Checkup checkup(
            SmallRyeConfig settings,
            StoreAdmin upkeep,
            Engines engines,
            Scheduler scheduler,
            Instance<Limits> limits,
            Instance<Authenticator> gate,
            Instance<Origins> origins,
            Instance<OwnOrigin> ownOrigin,
            Instance<WaitDurations> patience,
            Instance<IceServers> iceServers,
            Instance<PayloadEncryption> secrecy) {
        return new Checkup(
                List.of(
                        () -> refuseUnsafeAddresses(settings),
                        limits::get,
                        gate::get,
                        origins::get,
                        ownOrigin::get,
                        patience::get,
                        iceServers::get,
                        () -> SweepSchedule.refuseUnusable(
                                scheduler, config.expiry().schedule()),
                        () -> engines.refuseUnusable(storeUrl()),
                        secrecy::get),
                StartLog.misspelt(System.getenv().keySet()),
                StartLog.versions(settings),
                keyCheck(upkeep),
                upkeep);
    }
}
