package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.parley.TestConfig;
import dev.parley.access.AccessConfig;
import dev.parley.config.InvalidConfiguration;
import dev.parley.http.HttpConfig;
import dev.parley.http.access.OriginConfig;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.StoreConfig;
import dev.parley.store.admin.AdminRefused;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A failed start or command is reported in one line if the operator can fix it, and always by an exit code. */
class FailureTest {
    private static final Failure WITHOUT_SETTINGS = new Failure(Set.of());

    @Test
    void anErrorThatTheOperatorCanFixIsOneLineAndCode1() {
        for (Throwable cause : new Throwable[] {
            new InvalidConfiguration("parley.store.url: wrong"),
            new ConfigurationException("quarkus.tls.x: wrong"),
            new AdminRefused("the store does not exist"),
            new BindException("Address already in use")
        }) {
            assertThat(reported(WITHOUT_SETTINGS, new RuntimeException("outer", cause), 1))
                    .startsWith("parley: ")
                    .contains(String.valueOf(cause.getMessage()));
        }
    }

    @Test
    void aTemporaryErrorHasCode69() {
        InvalidConfiguration unreachable = InvalidConfiguration.temporarily("the primary cannot be reached");

        assertThat(reported(WITHOUT_SETTINGS, unreachable, 69)).isEqualTo("parley: the primary cannot be reached\n");
        reported(WITHOUT_SETTINGS, new StoreUnavailable("busy", Duration.ofSeconds(1)), 69);
    }

    @Test
    void aBugIsReportedWithItsStackTraceAndCode70() {
        var foreign = new Failure(Set.of("quarkus.thread-pool.max-threads"));
        var image = new Failure(Set.of("QUARKUS_HTTP_HOST", "QUARKUS_MANAGEMENT_PORT", "QUARKUS_PROFILE", "PATH"));

        for (Throwable bug : new Throwable[] {new NullPointerException("x"), new OutOfMemoryError("x")}) {
            assertThat(reported(foreign, bug, 70)).contains("\tat ");
        }
        assertThat(reported(WITHOUT_SETTINGS, new IllegalStateException("x"), 70))
                .contains("\tat ");
        assertThat(reported(image, new IllegalStateException("x"), 70)).contains("\tat ");
    }

    @Test
    void anErrorOfQuarkusIsOneLineThatNamesTheOperatorsSettings() {
        var failure = new Failure(Set.of("quarkus.tls.key-store.pem.0.cert", "QUARKUS_VERTX_X"));

        assertThat(reported(failure, new NoSuchFileException("/nope.pem"), 1))
                .contains("NoSuchFile: /nope.pem", "quarkus.tls.key-store.pem.0.cert", "QUARKUS_VERTX_X");
        reported(failure, new IllegalArgumentException("workerPoolSize must be > 0"), 1);
    }

    @ParameterizedTest
    @MethodSource
    void anInvalidSettingIsReportedWithItsKeyItsValueAndWhatIsValid(
            Class<?> mapping, String key, String value, String reason) {
        ConfigValidationException invalid =
                catchThrowableOfType(ConfigValidationException.class, () -> TestConfig.of(mapping, Map.of(key, value)));

        assertThat(reported(WITHOUT_SETTINGS, invalid, 1)).isEqualTo("parley: " + key + reason + "\n");
    }

    static Stream<Arguments> anInvalidSettingIsReportedWithItsKeyItsValueAndWhatIsValid() {
        return Stream.of(
                arguments(
                        AccessConfig.class,
                        "parley.access",
                        "closed",
                        ": invalid value \"closed\": must be one of open,key"),
                arguments(
                        HttpConfig.class,
                        "parley.limits.page",
                        "many",
                        ": invalid value \"many\": Expected an integer value, got \"many\""),
                arguments(
                        HttpConfig.class,
                        "parley.limits.arrival",
                        "5x",
                        ": invalid value \"5x\": must be a duration such as 250ms, 20s or 5m"),
                arguments(
                        StoreConfig.class,
                        "parley.log.slow",
                        "soon",
                        ": invalid value \"soon\": must be a duration such as 10s, or off"),
                arguments(
                        StoreConfig.class,
                        "parley.store.size-max",
                        "1x",
                        ": invalid value \"1x\": must be a size such as 32M or 10G"),
                arguments(
                        OriginConfig.class,
                        "parley.cors.origins",
                        "/[/",
                        ": invalid value \"/[/\": /[/ is not a regular expression: Unclosed character class."),
                arguments(
                        HttpConfig.class,
                        "parley.limits.pages",
                        "7",
                        " in PropertiesConfigSource[source=test] is not a setting; correct or remove it"));
    }

    /** What is printed for {@code cause}, in one line unless it is a bug. */
    private static String reported(Failure failure, Throwable cause, int code) {
        var text = new StringWriter();
        assertThat(failure.report(cause, new PrintWriter(text, true)))
                .as("%s", cause)
                .isEqualTo(code);
        assertThat(text.toString().lines().count() == 1).as("%s", text).isEqualTo(code != 70);
        return text.toString();
    }
}
