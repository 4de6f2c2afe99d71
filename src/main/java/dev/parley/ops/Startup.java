package dev.parley.ops;

import dev.parley.access.AccessConfig;
import dev.parley.access.ApiKeys;
import dev.parley.cli.Checkup;
import dev.parley.cli.SeedData;
import dev.parley.config.InvalidConfiguration;
import dev.parley.expiry.Sweeper;
import dev.parley.http.HttpConfig;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.OwnOrigin;
import dev.parley.http.channel.ChannelConfig;
import dev.parley.http.channel.ChannelLeases;
import dev.parley.http.channel.Channels;
import dev.parley.http.whip.WhipConfig;
import dev.parley.ice.IceServers;
import dev.parley.session.Namespace;
import dev.parley.signaling.Limits;
import dev.parley.signaling.SessionConfig;
import dev.parley.store.Database;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.WaitConfig;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The order in which a server starts, and the drain before it stops. A command opens only what it needs. */
@Singleton
public class Startup {
    /** The prefixes of the settings of both servers. */
    static final String HTTP = "quarkus.http";

    static final String MANAGEMENT = "quarkus.management";

    private static final Logger LOG = Logger.getLogger("parley");
    private static final int PORT_MAX = 65_535;

    private final SmallRyeConfig settings;
    private final AccessConfig access;

    public Startup(SmallRyeConfig settings, AccessConfig access) {
        this.settings = settings;
        this.access = access;
    }

    /** Runs before the first request, so that whatever fails here stops the start. */
    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = DerivedSettings.SERVER, defaultValue = "true") boolean server,
            Instance<Checkup> checkup,
            Instance<Database> database,
            Instance<SessionStore> sessions,
            Instance<Authenticator> authenticator,
            Instance<ServiceMeters> meters,
            Instance<ChannelLeases> leases,
            Instance<Sweeper> sweeper,
            Instance<SeedData> seedData,
            ApiKeys keys,
            Vertx vertx,
            Scheduler scheduler) {
        if (!server) {
            return;
        }
        checkup.get().requireValidSettings();
        sessions.get(); // opens the store and checks its encryption keys
        if (authenticator.get().isRequired()) {
            loadKeys(keys, database.get(), vertx);
        }
        meters.get().register();
        leases.get().begin();
        sweeper.get(); // registers its meters before the first sweep
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            // The namespaces of programs and of the console page.
            String page = "http://localhost:" + value(HTTP + ".port");
            seedData.get().create(Namespace.UNKNOWN, SeedData.SESSIONS_DEFAULT);
            seedData.get().create(new Namespace(page), SeedData.SESSIONS_DEFAULT);
        }
        scheduler.resume();
    }

    /**
     * The doctor's checks, whose checks of settings the server makes too. Those are the settings that depend on each other; each check
     * throws {@link InvalidConfiguration}, and none opens the store, because the doctor must work if it cannot be opened.
     */
    @Produces
    @Singleton
    Checkup checkup(
            Instance<Authenticator> authenticator,
            Instance<OwnOrigin> ownOrigin,
            Instance<IceServers> iceServers,
            Instance<EncryptionKeys> encryption,
            Engines engines,
            SessionConfig sessions,
            WaitConfig waiting,
            ChannelConfig channel,
            WhipConfig whip,
            @ConfigProperty(name = "quarkus.http.idle-timeout") Duration idleTimeout,
            StoreAdmin admin) {
        List<Runnable> checks = List.of(
                this::refuseUnsafeAddresses,
                () -> new Limits(sessions),
                authenticator::get,
                ownOrigin::get,
                () -> requireValue("parley.expiry.schedule"),
                () -> requireValue("parley.log.slow"),
                () -> requireShorter("parley.waiting.max", waiting.max(), idleTimeout),
                () -> requireShorter("parley.waiting.keep-alive", waiting.keepAlive(), idleTimeout),
                () -> requireShorter("parley.channel.ping", channel.ping(), idleTimeout),
                () -> requireShorter("parley.whip.wait", whip.waitMax(), idleTimeout),
                iceServers::get,
                encryption::get,
                engines::check);
        var unknown = StartLog.unknownVariables(System.getenv().keySet());
        return new Checkup(checks, unknown, StartLog.versions(settings), access, admin);
    }

    private void refuseUnsafeAddresses() {
        for (String server : List.of(HTTP, MANAGEMENT)) {
            refuseUnsafe(
                    server,
                    value(server + ".host"),
                    value(server + ".port"),
                    access.mode().isPresent());
        }
        // Otherwise both servers would share the port, and a request could reach either.
        int port = settings.getValue(HTTP + ".port", Integer.class);
        if (port != 0
                && port == settings.getValue(MANAGEMENT + ".port", Integer.class)
                && value(HTTP + ".host").equals(value(MANAGEMENT + ".host"))) {
            throw new InvalidConfiguration("quarkus.management.port: port " + port
                    + " is also quarkus.http.port; choose another one with QUARKUS_MANAGEMENT_PORT.");
        }
    }

    private String value(String key) {
        return settings.getConfigValue(key).getValue();
    }

    /**
     * Refuses an unknown host and an invalid port; and an address that other machines can reach, unless access is configured. Whether the
     * address can be bound is seen when the server binds it.
     */
    static void refuseUnsafe(String server, String host, String port, boolean accessConfigured) {
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new InvalidConfiguration(
                    server + ".port: \"" + port + "\" must be a port from 0 to " + PORT_MAX + ".");
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new InvalidConfiguration(server + ".host: the host \"" + host + "\" is unknown.");
        }
        if (!accessConfigured && !Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress)) {
            throw new InvalidConfiguration(
                    "parley.access: other machines can reach " + host + " (" + server
                            + ".host), so anyone could use the service; set parley.access=key to require keys, or parley.access=open to allow it.");
        }
    }

    /** Of a setting that may be off: an empty value would have the same meaning. */
    private void requireValue(String key) {
        if (settings.getConfigValue(key).getValue().isEmpty()) {
            throw new InvalidConfiguration(key + ": must not be empty; it may be off.");
        }
    }

    /** Otherwise the server would close the connections of waiting clients. */
    private static void requireShorter(String key, Duration duration, Duration idleTimeout) {
        if (duration.compareTo(idleTimeout) >= 0) {
            throw new InvalidConfiguration(key + ": must be shorter than quarkus.http.idle-timeout.");
        }
    }

    /** Loads the keys before the first request, and reloads them periodically. */
    private void loadKeys(ApiKeys keys, Database database, Vertx vertx) {
        keys.reload(database).toCompletableFuture().join();
        if (keys.size() == 0 && access.jwtIssuer().isEmpty()) {
            LOG.warn("API keys are required, but there are none; create one with \"parley key create\".");
        }
        vertx.setPeriodic(access.refresh().toMillis(), timer -> keys.reload(database));
    }

    /**
     * Closes channels and ends waiting requests when the drain period ends, so that their clients reconnect to another node. The server
     * still listens then and the store can still be read; at {@code ShutdownEvent} connections are already closed. A command has no
     * channels, and often no store, which channels need.
     */
    void drain(
            @Observes ShutdownDelayInitiatedEvent event,
            @ConfigProperty(name = DerivedSettings.SERVER, defaultValue = "true") boolean server,
            HttpConfig http,
            WaitRegistry waits,
            Instance<Channels> channels) {
        if (!server) {
            return;
        }
        Runnable end = () -> {
            channels.get().close();
            waits.close();
        };
        http.drain()
                .ifPresentOrElse(
                        period -> {
                            LOG.infof("Draining for %d s: health checks fail, requests are served", period.toSeconds());
                            CompletableFuture.delayedExecutor(period.toMillis(), TimeUnit.MILLISECONDS)
                                    .execute(end);
                        },
                        end);
    }
}
