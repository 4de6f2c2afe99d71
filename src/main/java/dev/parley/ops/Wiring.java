package dev.parley.ops;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.parley.access.ClientAddresses;
import dev.parley.access.Rate;
import dev.parley.access.Rates;
import dev.parley.expiry.SweepSchedule;
import dev.parley.expiry.Sweeper;
import dev.parley.feed.Feed;
import dev.parley.feed.WaitBounds;
import dev.parley.http.HttpSettings;
import dev.parley.http.Origins;
import dev.parley.http.Patience;
import dev.parley.ice.IceServers;
import dev.parley.ops.doctor.Checkup;
import dev.parley.session.Limits;
import dev.parley.store.Database;
import dev.parley.store.Neighbours;
import dev.parley.store.Rotation;
import dev.parley.store.Secrecy;
import dev.parley.store.StartRefused;
import dev.parley.store.StoreUrl;
import dev.parley.store.Upkeep;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the rooms together: what the configuration says becomes the objects that the rooms are given. */
@Singleton
public class Wiring {
    /** Whether this process listens, as the server does, or runs a command. */
    static final String SERVING = "quarkus.http.host-enabled";

    private final ParleyConfig config;
    private final boolean serving;

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
            Instance<Patience> patience,
            Instance<IceServers> iceServers,
            Instance<ClientAddresses> addresses,
            Instance<Rotation> rotation,
            Instance<Sweeper> sweeper,
            Scheduler scheduler) {
        if (serving) {
            ListenAddress.of(settings, config).refuseUnsafe();
            limits.get();
            patience.get();
            iceServers.get();
            addresses.get();
            rotation.get().sealWhatIsInClear();
            new SweepSchedule(scheduler, sweeper.get()).start(config.expiry().schedule());
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
            throw new StartRefused("parley.session.ttl: it must lie between parley.session.ttl-min and ttl-max.");
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
                session.ttlMax());
    }

    @Produces
    @Singleton
    HttpSettings httpSettings() {
        ParleyConfig.Limits limits = config.limits();
        return new HttpSettings(
                limits.body(),
                limits.jsonDepth(),
                limits.page(),
                limits.topic(),
                origins(),
                config.rondevu().enabled());
    }

    @Produces
    @Singleton
    IceServers iceServers(InstantSource clock, SecureRandom random) {
        return IceSettings.iceServers(config.ice(), clock, random);
    }

    @Produces
    @Singleton
    Rates rates() {
        Ticker ticker = Ticker.systemTicker();
        return new Rates(config.limits()
                .requestsPerAddress()
                .map(quota -> new Rate("address", quota, ticker))
                .orElse(null));
    }

    @Produces
    @Singleton
    ClientAddresses clientAddresses() {
        try {
            return ClientAddresses.behind(config.limits().trustedProxies().orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new StartRefused("parley.limits.trusted-proxies: " + e.getMessage());
        }
    }

    private Origins origins() {
        try {
            return Origins.parse(config.cors().origins());
        } catch (IllegalArgumentException e) {
            throw new StartRefused("parley.cors.origins: " + e.getMessage());
        }
    }

    @Produces
    @Singleton
    Database database(Engines engines) {
        return engines.open(storeUrl(), serving);
    }

    @Produces
    @Singleton
    Secrecy secrecy(SecureRandom random) {
        return new Secrecy(EncryptionSettings.keyring(config.encryption()), serving, random);
    }

    @Produces
    @Singleton
    Rotation rotation(Database database, Secrecy secrecy) {
        return new Rotation(database, secrecy);
    }

    private StoreUrl storeUrl() {
        return StoreUrl.parse(StoreUrl.KEY, config.store().url());
    }

    void close(@Disposes Database database) {
        database.close();
    }

    @Produces
    @Singleton
    Neighbours neighbours(Engines engines) {
        return engines.neighbours(storeUrl(), serving);
    }

    void close(@Disposes Neighbours neighbours) {
        neighbours.close();
    }

    @Produces
    @Singleton
    Feed feed(Vertx vertx, Neighbours neighbours) {
        ParleyConfig.Waiting waiting = config.waiting();
        return new Feed(
                vertx,
                new WaitBounds(waiting.perSession(), waiting.perClient(), waiting.total(), waiting.recheck()),
                neighbours);
    }

    /** While the server still listens and the store can still be read; at ShutdownEvent connections are closed already. */
    void endWaits(@Observes ShutdownDelayInitiatedEvent stopping, Feed feed) {
        feed.close();
    }

    @Produces
    @Singleton
    Patience patience(@ConfigProperty(name = "quarkus.http.idle-timeout") Duration idleTimeout) {
        ParleyConfig.Waiting waiting = config.waiting();
        refuseUnlessShorter("parley.waiting.max", waiting.max(), idleTimeout);
        refuseUnlessShorter("parley.waiting.keep-alive", waiting.keepAlive(), idleTimeout);
        return new Patience(waiting.max(), waiting.keepAlive());
    }

    /** Else the server would cut the connections on which somebody waits. */
    private static void refuseUnlessShorter(String key, Duration silence, Duration idleTimeout) {
        if (silence.compareTo(idleTimeout) >= 0) {
            throw new StartRefused(key + ": it must be shorter than quarkus.http.idle-timeout.");
        }
    }

    @Produces
    @Singleton
    Sweeper sweeper(Database database, InstantSource clock) {
        return new Sweeper(database, clock, config.expiry().batch());
    }

    @Produces
    @Singleton
    Upkeep upkeep(Engines engines) {
        return engines.upkeep(storeUrl());
    }

    @Produces
    @Singleton
    Checkup checkup(
            SmallRyeConfig settings,
            Upkeep upkeep,
            Instance<Limits> limits,
            Instance<HttpSettings> http,
            Instance<Patience> patience,
            Instance<Secrecy> secrecy) {
        return new Checkup(
                List.of(
                        () -> ListenAddress.of(settings, config).refuseUnsafe(),
                        limits::get,
                        http::get,
                        patience::get,
                        secrecy::get),
                StartLog.misspelt(System.getenv().keySet()),
                StartLog.versions(settings),
                upkeep);
    }
}
