package dev.parley.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.TestConfig;
import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.Trickle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bound is tested at its ends and one beyond; a refusal names the field. */
class LimitsTest {
    private static final Map<String, String> BOUNDS = Map.ofEntries(
            Map.entry("parley.limits.description", "20"),
            Map.entry("parley.limits.candidate", "10"),
            Map.entry("parley.limits.candidates-per-request", "4"),
            Map.entry("parley.limits.topic", "6"),
            Map.entry("parley.limits.peer-id", "5"),
            Map.entry("parley.limits.code", "7"),
            Map.entry("parley.limits.tags", "3"),
            Map.entry("parley.limits.tag", "4"),
            Map.entry("parley.session.ttl", "60s"),
            Map.entry("parley.session.ttl-min", "10s"),
            Map.entry("parley.session.ttl-max", "100s"));
    private static final Limits LIMITS = new Limits(TestConfig.of(SessionConfig.class, BOUNDS));

    @ParameterizedTest
    @CsvSource({
        "offer, 1, 20",
        "answer, 1, 20",
        "candidate, 2, 10",
        "candidates, 0, 4",
        "topic, 1, 6",
        "peerId, 0, 5",
        "code, 1, 7",
        "tags, 0, 3",
        "tag, 1, 4",
    })
    void aSizeWithinItsBoundsIsAcceptedAndOneBeyondIsRefused(String what, int min, int max) {
        accepted(what, "v", min);
        accepted(what, "v", max);
        refused(what, "v", max + 1);
        if (min == 1 && !what.equals("code")) {
            refused(what, "v", 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"topic, 6", "peerId, 5", "tag, 4"})
    void aTextIsMeasuredInCodePoints(String what, int max) {
        accepted(what, "\uD83D\uDE00", max);
        refused(what, "\uD83D\uDE00", max + 1);
    }

    @Test
    void aDescriptionIsMeasuredInBytes() {
        accepted("offer", "é", 10);
        refused("offer", "é", 11);
    }

    static Stream<String[]> invalidTexts() {
        return Stream.concat(
                Stream.of("\n", "a\nb", "\t", "\0", "\u007f", "\u0085").map(tag -> new String[] {"tag", tag}),
                Stream.of("topic", "peerId", "tag")
                        .flatMap(what -> Stream.of("a\0b", "\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D")
                                .map(text -> new String[] {what, text})));
    }

    @ParameterizedTest
    @MethodSource("invalidTexts")
    void aTextThatCannotBeStoredIsRefused(String what, String text) {
        refused(what, text, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {10_000, 10_001, 99_999, 100_000})
    void aTimeToLiveWithinItsBoundsIsGranted(long millis) {
        Duration ttl = Duration.ofMillis(millis);

        assertThat(LIMITS.admitTtl(ttl)).isEqualTo(ttl);
        assertThat(LIMITS.admit(opening(ttl))).isEqualTo(ttl);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 9_999, 100_001})
    void aTooShortOrTooLongTimeToLiveIsRefused(long millis) {
        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> LIMITS.admitTtl(Duration.ofMillis(millis)))
                .matches(refusal -> refusal.field().equals("ttl"));
    }

    @Test
    void theDefaultTimeToLiveIsGrantedIfNoneIsRequested() {
        assertThat(LIMITS.admitTtl(null)).isEqualTo(Duration.ofSeconds(60));
        assertThat(LIMITS.admit(opening(null))).isEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @CsvSource({"parley.session.ttl-min, 61s", "parley.session.ttl-max, 59s"})
    void theDefaultTimeToLiveMustBeGrantable(String key, String value) {
        var settings = new HashMap<>(BOUNDS);
        settings.put(key, value);

        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> new Limits(TestConfig.of(SessionConfig.class, settings)))
                .withMessageContaining("parley.session.ttl");
    }

    private static void accepted(String what, String unit, int size) {
        assertThatCode(() -> admit(what, unit, size)).as(what).doesNotThrowAnyException();
    }

    private static void refused(String what, String unit, int size) {
        String field = Map.of("candidate", "candidates", "tag", "tags").getOrDefault(what, what);
        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> admit(what, unit, size))
                .matches(refusal -> refusal.field().equals(field));
    }

    /** Checks a request with a value of {@code size} units in one field. */
    private static void admit(String what, String unit, int size) {
        String text = unit.repeat(size);
        Description valid = Description.of("v");
        switch (what) {
            case "answer" -> LIMITS.admit("answer", Description.of(text));
            case "candidate" -> LIMITS.admit(new Trickle(List.of(candidate("c".repeat(size - 2))), false));
            case "candidates" ->
                LIMITS.admit(new Trickle(
                        IntStream.range(0, size)
                                .mapToObj(i -> candidate("" + i))
                                .toList(),
                        false));
            default ->
                LIMITS.admit(new Opening(
                        what.equals("code") ? new Code(text) : null,
                        what.equals("topic") ? text : null,
                        what.equals("peerId") ? text : null,
                        what.equals("tags")
                                ? Collections.nCopies(size, "t")
                                : what.equals("tag") ? List.of(text) : List.of(),
                        what.equals("offer") ? Description.of(text) : valid,
                        Trickle.NOTHING,
                        null,
                        null));
        }
    }

    private static Candidate candidate(String text) {
        return new Candidate(('"' + text + '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Opening opening(@Nullable Duration ttl) {
        return new Opening(null, null, null, List.of(), Description.of("v"), Trickle.NOTHING, ttl, null);
    }
}
