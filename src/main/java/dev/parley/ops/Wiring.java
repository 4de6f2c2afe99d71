package dev.parley.ops;

import dev.parley.expiry.SweepSchedule;
import dev.parley.expiry.Sweeper;
import dev.parley.http.HttpSettings;
import dev.parley.session.Limits;
import dev.parley.store.Database;
import dev.parley.store.StartRefused;
import dev.parley.store.StoreUrl;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.InstantSource;

/** Puts the rooms together: what the configuration says becomes the objects that the rooms are given. */
@Singleton
public class Wiring {
    private final ParleyConfig config;

    public Wiring(ParleyConfig config) {
        this.config = config;
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
    @Startup
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
                config.rondevu().enabled());
    }

    @Produces
    @Singleton
    @Startup
    Database database(Engines engines) {
        return engines.open(StoreUrl.parse(StoreUrl.KEY, config.store().url()));
    }

    void close(@Disposes Database database) {
        database.close();
    }

    @Produces
    @Singleton
    Sweeper sweeper(Database database, InstantSource clock) {
        return new Sweeper(database, clock, config.expiry().batch());
    }

    void startSweeping(@Observes StartupEvent started, Scheduler scheduler, Sweeper sweeper) {
        new SweepSchedule(scheduler, sweeper).start(config.expiry().schedule());
    }
}
