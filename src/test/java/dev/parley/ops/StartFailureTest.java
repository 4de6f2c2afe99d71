package dev.parley.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.config.InvalidConfiguration;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.BindException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A failed start is reported in one line if the operator can fix it, and always by an exit code. */
class StartFailureTest {
    private static final StartFailure WITHOUT_SETTINGS = new StartFailure(Set.of());

    @Test
    void anErrorThatTheOperatorCanFixIsOneLineAndCode1() {
        for (Throwable cause : new Throwable[] {
            new InvalidConfiguration("parley.store.url: wrong"),
            new ConfigurationException("quarkus.tls.x: wrong"),
            new BindException("Address already in use")
        }) {
            assertThat(WITHOUT_SETTINGS.lineOf(cause))
                    .as("%s", cause)
                    .hasValueSatisfying(line -> assertThat(line).contains(String.valueOf(cause.getMessage())));
            assertThat(WITHOUT_SETTINGS.codeOf(cause)).isEqualTo(1);
        }
    }

    @Test
    void aTemporaryErrorHasCode69() {
        InvalidConfiguration unreachable = InvalidConfiguration.temporarily("the primary cannot be reached");

        assertThat(WITHOUT_SETTINGS.lineOf(unreachable)).contains("the primary cannot be reached");
        assertThat(WITHOUT_SETTINGS.codeOf(unreachable)).isEqualTo(69);
    }

    @Test
    void aBugIsReportedWithItsStackTraceAndCode70() {
        var foreign = new StartFailure(Set.of("quarkus.thread-pool.max-threads"));

        assertThat(WITHOUT_SETTINGS.lineOf(new IllegalStateException("x"))).isEmpty();
        assertThat(WITHOUT_SETTINGS.codeOf(new IllegalStateException("x"))).isEqualTo(70);
        assertThat(foreign.codeOf(new NullPointerException())).isEqualTo(70);
        assertThat(foreign.codeOf(new OutOfMemoryError())).isEqualTo(70);
    }

    @Test
    void anErrorOfQuarkusIsOneLineThatNamesTheOperatorsSettings() {
        var failure = new StartFailure(Set.of("quarkus.tls.key-store.pem.0.cert", "QUARKUS_VERTX_X"));

        assertThat(failure.lineOf(new NoSuchFileException("/nope.pem")))
                .hasValueSatisfying(line -> assertThat(line)
                        .contains("NoSuchFile: /nope.pem", "quarkus.tls.key-store.pem.0.cert", "QUARKUS_VERTX_X"));
        assertThat(failure.codeOf(new IllegalArgumentException("workerPoolSize must be > 0")))
                .isEqualTo(1);
    }

    @Test
    void settingsThatParleyChecksAreNotNamed() {
        var properties = new Properties();
        properties.setProperty("quarkus.http.port", "1");
        properties.setProperty("quarkus.thread-pool.max-threads", "0");
        properties.setProperty("java.io.tmpdir", "/tmp");

        assertThat(StartFailure.settings(
                        properties,
                        Map.of("QUARKUS_MANAGEMENT_HOST", "::1", "QUARKUS_LOG_LEVEL", "INFO", "PATH", "/bin")))
                .containsExactly("QUARKUS_LOG_LEVEL", "quarkus.thread-pool.max-threads");
    }
}
