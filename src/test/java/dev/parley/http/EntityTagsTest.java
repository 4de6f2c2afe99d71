package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Session.SessionVersion;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.PreconditionMissing;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The entity tag of a session, and the lists in If-Match and If-None-Match. */
class EntityTagsTest {
    private static final SessionVersion VERSION = new SessionVersion(-1, 2, Instant.ofEpochMilli(3));
    private static final String TAG = EntityTags.of(VERSION);

    @Test
    void tagsDifferInEachPartOfTheVersion() {
        assertThat(List.of(
                        VERSION,
                        new SessionVersion(1, 2, Instant.ofEpochMilli(3)),
                        new SessionVersion(-1, 3, Instant.ofEpochMilli(3)),
                        new SessionVersion(-1, 2, Instant.ofEpochMilli(4))))
                .extracting(EntityTags::of)
                .doesNotHaveDuplicates()
                .allSatisfy(tag -> assertThat(tag).matches("\"[0-9a-z]+[.][0-9a-z]+[.][0-9a-z]+\""));
    }

    @Test
    void aTagIsParsedToItsVersion() {
        for (long incarnation : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            var version = new SessionVersion(incarnation, Long.MAX_VALUE, Instant.ofEpochMilli(Long.MAX_VALUE));
            assertThat(parse(EntityTags.of(version)).required()).containsExactly(version);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TAG", " TAG\t", "\"x\",TAG", ",\t, TAG ,", "\"\", \"a,b\" ,W/\"é\",TAG"})
    void aTagIsFoundAnywhereInAList(String list) {
        EntityTags tags = parse(list.replace("TAG", TAG));
        assertThat(tags.names(VERSION)).isTrue();
        assertThat(tags.required()).containsExactly(VERSION);
    }

    @Test
    void weakTagsMatchReadsOnly() {
        assertThat(parse("W/" + TAG).names(VERSION)).isTrue();
        assertThat(parse("W/" + TAG).required()).isEmpty();
    }

    @Test
    void aTagInAnotherSpellingDiffers() {
        EntityTags tags = parse(TAG.replaceFirst("\"", "\"0"));
        assertThat(tags.names(VERSION)).isFalse();
        assertThat(tags.required()).isEmpty();
    }

    @Test
    void aStarMatchesAllVersions() {
        assertThat(parse(" * ").names(VERSION)).isTrue();
        assertThat(parse("*").required()).isNull();
    }

    @Test
    void severalLinesAreOneList() {
        assertThat(parse("\"x\"", TAG).names(VERSION)).isTrue();
        assertThat(parse(TAG, "\"x\"").required()).containsExactly(VERSION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ","})
    void anEmptyListIsNoCondition(String list) {
        assertThat(parse(list).isNone()).isTrue();
        assertThatExceptionOfType(PreconditionMissing.class)
                .isThrownBy(() -> parse(list).required());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1", "\"1", "1\"", "w/\"1\"", "\"1\" \"2\"", "\"1\";", "'1'", "*, *", "*, \"1\"", "\"1\n\""})
    void invalidListsAreRejectedByHeaderName(String list) {
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> parse(list)).withMessageContaining("If-Match");
    }

    @Test
    void aLongListIsParsed() {
        String[] lines =
                IntStream.range(0, 5_000).mapToObj(i -> "\"" + i + "\"").toArray(String[]::new);
        lines[4_999] = TAG;
        assertThat(parse(lines).names(VERSION)).isTrue();
    }

    private static EntityTags parse(String... lines) {
        return EntityTags.parse("If-Match", List.of(lines));
    }
}
