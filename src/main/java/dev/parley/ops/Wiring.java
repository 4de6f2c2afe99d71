package dev.parley.ops;

import dev.parley.http.HttpSettings;
import dev.parley.session.Limits;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.sqlite.SqliteDatabase;
import dev.parley.store.sqlite.SqliteSessions;
import io.quarkus.arc.DefaultBean;
import io.quarkus.flyway.FlywayDataSource;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.flywaydb.core.Flyway;

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
    Limits limits() {
        ParleyConfig.Limits limits = config.limits();
        ParleyConfig.Session session = config.session();
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
    Database database(
            @FlywayDataSource("sqlite-owner") Flyway migrations, SqliteSessions repository, SecureRandom random) {
        ParleyConfig.Store store = config.store();
        var settings = new SqliteDatabase.Settings(
                Path.of(store.url().substring("sqlite:".length())),
                store.busyTimeout(),
                store.queue(),
                store.batch(),
                store.scanThreads(),
                store.scanQueue(),
                new Node(config.node().name(), config.node().region(), true));
        return new SqliteDatabase(settings, migrations, repository, random);
    }

    void close(@Disposes Database database) {
        database.close();
    }
}
