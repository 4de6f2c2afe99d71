package dev.parley.store.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Candidate;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An envelope decrypts only unchanged and at its own position; it is AES-256-GCM as in the standard. */
class EnvelopeTest {
    private static final byte[] SUBJECT = utf8("one session");
    private static final byte[] LABEL = utf8("event 7");
    private static final byte[] TEXT = utf8("v=0\r\na=fingerprint:sha-256 00:11\r\n");

    private final SecureRandom random = new SecureRandom();

    @Test
    void theReferenceImplementationPassesTheStandardsTestCases() throws GeneralSecurityException {
        // McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 14 and 16.
        assertThat(ByHand.gcm(new byte[32], new byte[12], new byte[0], new byte[16]))
                .asHexString()
                .isEqualToIgnoringCase("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
        assertThat(ByHand.gcm(
                        hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
                        hex("cafebabefacedbaddecaf888"),
                        hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
                        hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449"
                                + "a6b525b16aedf5aa0de657ba637b39")))
                .asHexString()
                .isEqualToIgnoringCase("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3"
                        + "da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
    }

    @Test
    void aTextEncryptedByTheReferenceImplementationDecrypts() throws GeneralSecurityException, DecryptionFailed {
        var master = new byte[32];
        random.nextBytes(master);
        var nonce = new byte[12];
        random.nextBytes(nonce);
        byte[] id = Arrays.copyOf(ByHand.hmac(master, (byte) 1), 4);
        byte[] header = ByteBuffer.allocate(5).put((byte) 0xF9).put(id).array();
        byte[] key = ByHand.hmac(
                master,
                ByteBuffer.allocate(1 + SUBJECT.length)
                        .put((byte) 3)
                        .put(SUBJECT)
                        .array());
        byte[] associated = ByteBuffer.allocate(header.length + LABEL.length)
                .put(header)
                .put(LABEL)
                .array();
        byte[] encrypted = ByHand.gcm(key, nonce, associated, TEXT);
        byte[] envelope = ByteBuffer.allocate(header.length + nonce.length + encrypted.length)
                .put(header)
                .put(nonce)
                .put(encrypted)
                .array();

        EncryptionKeys keyring =
                EncryptionKeys.parse(List.of("k=" + Base64.getEncoder().encodeToString(master)));

        assertThat(new Envelope(keyring, keyring.keys().get(0), random).decrypt(SUBJECT, LABEL, envelope))
                .isEqualTo(TEXT);
    }

    @Test
    void anEnvelopeDecryptsToItsTextAndIs33BytesLonger() throws DecryptionFailed {
        Envelope envelope = envelope("k");
        for (byte[] text : new byte[][] {new byte[0], utf8("x"), TEXT, new byte[65_536]}) {
            byte[] encrypted = envelope.encrypt(SUBJECT, LABEL, text);
            assertThat(encrypted).hasSize(text.length + 33);
            assertThat(envelope.decrypt(SUBJECT, LABEL, encrypted)).isEqualTo(text);
        }
    }

    @Test
    void theSameTextIsNeverEncryptedTheSame() {
        Envelope envelope = envelope("k");
        assertThat(envelope.encrypt(SUBJECT, LABEL, TEXT)).isNotEqualTo(envelope.encrypt(SUBJECT, LABEL, TEXT));
    }

    @Test
    void aChangeOfAnyBitIsDetected() {
        Envelope envelope = envelope("k", "old");
        byte[] encrypted = envelope.encrypt(SUBJECT, LABEL, TEXT);
        for (int bit = 0; bit < encrypted.length * Byte.SIZE; bit++) {
            byte[] changed = encrypted.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThatExceptionOfType(DecryptionFailed.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> envelope.decrypt(SUBJECT, LABEL, changed));
        }
        for (int length = 0; length < encrypted.length; length++) {
            byte[] cut = Arrays.copyOf(encrypted, length);
            assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> envelope.decrypt(SUBJECT, LABEL, cut));
        }
    }

    @Test
    void anEnvelopeDecryptsAtItsOwnPositionOnly() {
        Envelope envelope = envelope("k");
        byte[] encrypted = envelope.encrypt(SUBJECT, LABEL, TEXT);
        assertThatExceptionOfType(DecryptionFailed.class)
                .isThrownBy(() -> envelope.decrypt(utf8("another"), LABEL, encrypted));
        assertThatExceptionOfType(DecryptionFailed.class)
                .isThrownBy(() -> envelope.decrypt(SUBJECT, utf8("event 8"), encrypted));
    }

    @Test
    void anyConfiguredKeyDecryptsAndAnotherDoesNot() throws DecryptionFailed {
        byte[] encrypted = envelope("old").encrypt(SUBJECT, LABEL, TEXT);

        assertThat(envelope("new", "old").decrypt(SUBJECT, LABEL, encrypted)).isEqualTo(TEXT);
        assertThatExceptionOfType(DecryptionFailed.class)
                .isThrownBy(() -> envelope("new").decrypt(SUBJECT, LABEL, encrypted));
    }

    @Test
    void noTextIsTakenForAnEnvelope() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                assertThat(Envelope.isEncrypted(utf8(Character.toString(c)))).isFalse();
            }
        }
        assertThatExceptionOfType(DecryptionFailed.class)
                .isThrownBy(() -> envelope("k").decrypt(SUBJECT, LABEL, TEXT));
    }

    @Test
    void aSecretIsUnwrappedByItsKeyOnly() throws DecryptionFailed {
        EncryptionKey key = Keys.ring("k").keys().get(0);
        byte[] wrapped = key.wrap(TEXT, random);

        assertThat(key.unwrap(wrapped)).isEqualTo(TEXT);
        EncryptionKey other = Keys.ring("other").keys().get(0);
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> other.unwrap(wrapped));
        wrapped[wrapped.length - 1] ^= 1;
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> key.unwrap(wrapped));
    }

    @Test
    void aDigestIsTheSameOnlyForTheSameCandidateUnderTheSameSecret() throws GeneralSecurityException {
        byte[] secret = utf8("a secret of the store's own");
        assertThat(digest(secret, TEXT))
                .isEqualTo(Arrays.copyOf(ByHand.hmac(secret, TEXT), 16))
                .isNotEqualTo(digest(utf8("another"), TEXT))
                .isNotEqualTo(digest(secret, SUBJECT));
    }

    private byte[] digest(byte[] secret, byte[] candidate) {
        EncryptionKeys keys = Keys.ring("k");
        return new PayloadEncryption(keys, keys.keys().get(0), secret, random).digest(new Candidate(candidate));
    }

    private Envelope envelope(String... keys) {
        EncryptionKeys keyring = Keys.ring(keys);
        return new Envelope(keyring, keyring.keys().get(0), random);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
