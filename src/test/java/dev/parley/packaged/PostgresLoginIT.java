package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.browser.SelfSigned;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that require TLS and a password: the URL names the certificate, and a file contains the password. */
@Tag("slow")
class PostgresLoginIT {
    @TempDir
    Path folder;

    private PostgresCluster cluster;
    private SelfSigned certificate;

    @BeforeEach
    void start() throws IOException {
        cluster = PostgresCluster.ofTwo();
        certificate = SelfSigned.of("localhost", folder);
        Files.setPosixFilePermissions(certificate.key(), PosixFilePermissions.fromString("rw-------"));
        for (PostgresServer server : List.of(cluster.primary(), cluster.standby())) {
            Files.writeString(server.folder().resolve("pg_hba.conf"), """
                    hostssl all         parley   127.0.0.1/32 scram-sha-256
                    host    all         postgres 127.0.0.1/32 trust
                    host    replication postgres 127.0.0.1/32 trust
                    """);
            server.ask("SELECT pg_reload_conf()");
        }
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void theServersAreVerifiedAndThePasswordComesFromAFile() throws IOException {
        serveTls();
        ParleyJar jar = over(certificate.certificate()).with("PGPASSFILE", passwords("secret"));
        try (RunningParley parley = jar.start()) {
            ServerReply opened =
                    parley.client().open("a-session", "the-own-secret-of-an-offerer", "an offer", List.of());
            assertThat(opened.status()).as("%s", opened).isEqualTo(201);
            assertThat(encrypted(cluster.primary())).isEqualTo("t");
            assertThat(encrypted(cluster.standby())).isEqualTo("t");
        }
        ProcessExit doctor = jar.run("doctor");
        assertThat(doctor.code()).as("%s", doctor).isZero();
    }

    @Test
    void aWrongPasswordOrCertificateStopsTheStartInOneLine() throws IOException {
        assertThat(over(certificate.certificate())
                        .with("PGPASSFILE", passwords("secret"))
                        .run()
                        .refusal())
                .contains("parley.store.url", "SSL");
        serveTls();
        assertThat(over(certificate.certificate())
                        .with("PGPASSFILE", passwords("another"))
                        .run()
                        .refusal())
                .contains("parley.store.url", "password authentication failed")
                .doesNotContain("another");
        Path others = Files.createDirectory(folder.resolve("others"));
        assertThat(over(SelfSigned.of("localhost", others).certificate())
                        .with("PGPASSFILE", passwords("secret"))
                        .run()
                        .refusal())
                .contains("parley.store.url", "SSL");
    }

    private ParleyJar over(Path trusted) {
        return ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", url(cluster.primary(), trusted))
                .with("PARLEY_STORE_REPLICAS", "copy@here=" + url(cluster.standby(), trusted));
    }

    private static String url(PostgresServer server, Path trusted) {
        return "postgresql://parley@localhost:" + server.port() + "/" + server.database()
                + "?sslmode=verify-full&sslrootcert=" + trusted;
    }

    private String passwords(String password) throws IOException {
        Path file = Files.writeString(folder.resolve("pgpass"), "*:*:*:parley:" + password + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file.toString();
    }

    private void serveTls() {
        for (PostgresServer server : List.of(cluster.primary(), cluster.standby())) {
            server.ask("ALTER SYSTEM SET ssl_cert_file = '" + certificate.certificate() + "'");
            server.ask("ALTER SYSTEM SET ssl_key_file = '" + certificate.key() + "'");
            server.ask("ALTER SYSTEM SET ssl = on");
            server.ask("SELECT pg_reload_conf()");
        }
    }

    /** Whether all connections of Parley are encrypted; there is at least one. */
    private static String encrypted(PostgresServer server) {
        return server.ask(
                "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'parley'");
    }
}
