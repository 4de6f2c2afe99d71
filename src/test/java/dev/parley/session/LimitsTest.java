package dev.parley.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.SignalingException.OutOfBounds;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bound one below, at, and one above it; a refusal names the field. */
class LimitsTest {
    private static final String TWO_CHARS_ONE_CODE_POINT = "\uD83D\uDE00";

    private static final Limits LIMITS = new Limits(
            20,
            10,
            4,
            8,
            6,
            5,
            7,
            3,
            4,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(100),
            Quota.NONE);

    @ParameterizedTest
    @ValueSource(ints = {1, 19, 20})
    void aDescriptionWithinItsBoundIsAccepted(int bytes) {
        taken(() -> LIMITS.admit("answer", Description.of("v".repeat(bytes))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 21})
    void anEmptyOrTooLongDescriptionIsRefused(int bytes) {
        refused("answer", () -> LIMITS.admit("answer", Description.of("v".repeat(bytes))));
    }

    @Test
    void aDescriptionIsMeasuredInBytes() {
        taken(() -> LIMITS.admit("offer", Description.of("é".repeat(10))));
        refused("offer", () -> LIMITS.admit("offer", Description.of("é".repeat(10) + "v")));
    }

    @Test
    void theOfferOfAnOpeningIsChecked() {
        taken(() -> LIMITS.admit(opening(Description.of("v".repeat(20)), Trickle.NOTHING)));
        refused("offer", () -> LIMITS.admit(opening(Description.of("v".repeat(21)), Trickle.NOTHING)));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10})
    void aCandidateWithinItsBoundIsAccepted(int bytes) {
        taken(() -> LIMITS.admit(new Trickle(List.of(candidate(bytes)), false)));
    }

    @Test
    void aTooLongCandidateAmongOthersIsRefused() {
        refused("candidates", () -> LIMITS.admit(new Trickle(List.of(candidate(9), candidate(11)), false)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4})
    void theMaximumOfCandidatesInARequestIsAccepted(int candidates) {
        taken(() -> LIMITS.admit(trickle(candidates)));
    }

    @Test
    void oneCandidateMoreThanTheMaximumIsRefused() {
        refused("candidates", () -> LIMITS.admit(trickle(5)));
        refused("candidates", () -> LIMITS.admit(opening(Description.of("v"), trickle(5))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6})
    void aTopicWithinItsBoundIsAccepted(int characters) {
        taken(() -> LIMITS.admit(topic("t".repeat(characters))));
        taken(() -> LIMITS.admit(topic(TWO_CHARS_ONE_CODE_POINT.repeat(characters))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7})
    void anEmptyOrTooLongTopicIsRefused(int characters) {
        refused("topic", () -> LIMITS.admit(topic("t".repeat(characters))));
        refused("topic", () -> LIMITS.admit(topic(TWO_CHARS_ONE_CODE_POINT.repeat(characters))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 5})
    void aPeerIdWithinItsBoundIsAccepted(int characters) {
        taken(() -> LIMITS.admit(peerId("p".repeat(characters))));
        taken(() -> LIMITS.admit(peerId(TWO_CHARS_ONE_CODE_POINT.repeat(characters))));
    }

    @Test
    void aTooLongPeerIdIsRefused() {
        refused("peerId", () -> LIMITS.admit(peerId("p".repeat(6))));
        refused("peerId", () -> LIMITS.admit(peerId(TWO_CHARS_ONE_CODE_POINT.repeat(6))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7})
    void aCodeWithinItsBoundIsAccepted(int characters) {
        taken(() -> LIMITS.admit(code("c".repeat(characters))));
    }

    @Test
    void aTooLongCodeIsRefused() {
        refused("code", () -> LIMITS.admit(code("c".repeat(8))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void theMaximumOfTagsIsAccepted(int tags) {
        taken(() -> LIMITS.admit(tags(numbered(tags))));
    }

    @Test
    void oneTagMoreThanTheMaximumIsRefused() {
        refused("tags", () -> LIMITS.admit(tags(numbered(4))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void aTagWithinItsBoundIsAccepted(int characters) {
        taken(() -> LIMITS.admit(tags(List.of("t".repeat(characters)))));
        taken(() -> LIMITS.admit(tags(List.of(TWO_CHARS_ONE_CODE_POINT.repeat(characters)))));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void anEmptyOrTooLongTagIsRefused(int characters) {
        refused("tags", () -> LIMITS.admit(tags(List.of("t".repeat(characters)))));
        refused("tags", () -> LIMITS.admit(tags(List.of(TWO_CHARS_ONE_CODE_POINT.repeat(characters)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "a\nb", "\t", "\0", "\u007f", "\u0085"})
    void aTagWithAControlCharacterIsRefused(String tag) {
        refused("tags", () -> LIMITS.admit(tags(List.of(tag))));
    }

    @Test
    void theCharacterZeroIsRefused() {
        refused("topic", () -> LIMITS.admit(topic("a\0b")));
        refused("peerId", () -> LIMITS.admit(peerId("\0")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D"})
    void anUnpairedSurrogateIsRefused(String text) {
        refused("topic", () -> LIMITS.admit(topic(text)));
        refused("peerId", () -> LIMITS.admit(peerId(text)));
        refused("tags", () -> LIMITS.admit(tags(List.of(text))));
    }

    @ParameterizedTest
    @ValueSource(longs = {10_000, 10_001, 99_999, 100_000})
    void aTimeToLiveWithinItsBoundsIsGranted(long millis) {
        assertThat(LIMITS.admitTtl(Duration.ofMillis(millis))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 9_999, 100_001})
    void aTooShortOrTooLongTimeToLiveIsRefused(long millis) {
        refused("ttl", () -> LIMITS.admitTtl(Duration.ofMillis(millis)));
        refused("ttl", () -> LIMITS.admit(ttl(Duration.ofMillis(millis))));
    }

    @Test
    void anOpeningWithoutATimeToLiveIsGrantedTheDefault() {
        assertThat(LIMITS.admitTtl(null)).isEqualTo(Duration.ofSeconds(60));
        assertThat(LIMITS.admit(ttl(null))).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void anOpeningWithATimeToLiveIsGrantedIt() {
        assertThat(LIMITS.admit(ttl(Duration.ofSeconds(11)))).isEqualTo(Duration.ofSeconds(11));
    }

    private static void taken(ThrowingCallable what) {
        assertThatCode(what).doesNotThrowAnyException();
    }

    private static void refused(String field, ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        OutOfBounds.class,
                        refusal -> assertThat(refusal.field()).isEqualTo(field));
    }

    private static Candidate candidate(int bytes) {
        return new Candidate(('"' + "c".repeat(bytes - 2) + '"').getBytes(UTF_8));
    }

    private static Trickle trickle(int candidates) {
        return new Trickle(
                IntStream.range(0, candidates)
                        .mapToObj(i -> new Candidate(("\"" + i + "\"").getBytes(UTF_8)))
                        .toList(),
                false);
    }

    private static List<String> numbered(int tags) {
        return IntStream.range(0, tags).mapToObj(Integer::toString).toList();
    }

    private static Opening opening(Description offer, Trickle trickle) {
        return new Opening(null, null, null, List.of(), offer, trickle, null, null);
    }

    private static Opening topic(String topic) {
        return new Opening(null, topic, null, List.of(), Description.of("v"), Trickle.NOTHING, null, null);
    }

    private static Opening peerId(String peerId) {
        return new Opening(null, null, peerId, List.of(), Description.of("v"), Trickle.NOTHING, null, null);
    }

    private static Opening code(String code) {
        return new Opening(new Code(code), null, null, List.of(), Description.of("v"), Trickle.NOTHING, null, null);
    }

    private static Opening tags(List<String> tags) {
        return new Opening(null, null, null, tags, Description.of("v"), Trickle.NOTHING, null, null);
    }

    private static Opening ttl(@Nullable Duration ttl) {
        return new Opening(null, null, null, List.of(), Description.of("v"), Trickle.NOTHING, ttl, null);
    }
}
