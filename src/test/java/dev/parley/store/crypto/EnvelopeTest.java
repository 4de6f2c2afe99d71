package dev.parley.store.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A box opens where it was sealed, as it was sealed, and nowhere else; and it is AES-256-GCM as the standard has it. */
class EnvelopeTest {
    private static final byte[] SUBJECT = utf8("one session");
    private static final byte[] LABEL = utf8("event 7");
    private static final byte[] TEXT = utf8("v=0\r\na=fingerprint:sha-256 00:11\r\n");

    private final SecureRandom random = new SecureRandom();

    @Test
    void theCheckOfTheCipherIsTheStandardsOwn() throws GeneralSecurityException {
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
    void whatTheStandardSealsABoxOpens() throws GeneralSecurityException, DecryptionFailed {
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
        byte[] sealed = ByHand.gcm(key, nonce, associated, TEXT);
        byte[] box = ByteBuffer.allocate(header.length + nonce.length + sealed.length)
                .put(header)
                .put(nonce)
                .put(sealed)
                .array();

        EncryptionKeys keyring =
                EncryptionKeys.parse(List.of("k=" + Base64.getEncoder().encodeToString(master)));

        assertThat(new Envelope(keyring, keyring.keys().get(0), random).open(SUBJECT, LABEL, box))
                .isEqualTo(TEXT);
    }

    @Test
    void whatIsSealedIsOpenedAsItWasAndIs33BytesLonger() throws DecryptionFailed {
        Envelope box = box("k");
        for (byte[] text : new byte[][] {new byte[0], utf8("x"), TEXT, new byte[65_536]}) {
            byte[] sealed = box.seal(SUBJECT, LABEL, text);
            assertThat(sealed).hasSize(text.length + 33);
            assertThat(box.open(SUBJECT, LABEL, sealed)).isEqualTo(text);
        }
    }

    @Test
    void theSameTextIsNeverSealedTheSame() {
        Envelope box = box("k");
        assertThat(box.seal(SUBJECT, LABEL, TEXT)).isNotEqualTo(box.seal(SUBJECT, LABEL, TEXT));
    }

    @Test
    void aChangeOfAnyBitIsNoticed() {
        Envelope box = box("k", "old");
        byte[] sealed = box.seal(SUBJECT, LABEL, TEXT);
        for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertThatExceptionOfType(DecryptionFailed.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> box.open(SUBJECT, LABEL, changed));
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> box.open(SUBJECT, LABEL, cut));
        }
    }

    @Test
    void aBoxOpensInItsOwnPlaceOnly() {
        Envelope box = box("k");
        byte[] sealed = box.seal(SUBJECT, LABEL, TEXT);
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> box.open(utf8("another"), LABEL, sealed));
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> box.open(SUBJECT, utf8("event 8"), sealed));
    }

    @Test
    void anyKeyOfTheRingOpensAndAStrangeOneDoesNot() throws DecryptionFailed {
        byte[] sealed = box("old").seal(SUBJECT, LABEL, TEXT);

        assertThat(box("new", "old").open(SUBJECT, LABEL, sealed)).isEqualTo(TEXT);
        assertThat(box("new", "old").isCurrent(sealed)).isFalse();
        assertThat(box("old", "new").isCurrent(sealed)).isTrue();
        assertThatExceptionOfType(DecryptionFailed.class)
                .isThrownBy(() -> box("new").open(SUBJECT, LABEL, sealed));
    }

    @Test
    void noTextIsTakenForABox() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                assertThat(Envelope.isSealed(utf8(Character.toString(c)))).isFalse();
            }
        }
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> box("k").open(SUBJECT, LABEL, TEXT));
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
    void aFingerprintIsTheSameForTheSameTextUnderTheSameSecretOnly() throws GeneralSecurityException {
        byte[] secret = utf8("a secret of the store's own");
        assertThat(new KeyFingerprints(secret).of(TEXT))
                .isEqualTo(Arrays.copyOf(ByHand.hmac(secret, TEXT), 16))
                .isNotEqualTo(new KeyFingerprints(utf8("another")).of(TEXT))
                .isNotEqualTo(new KeyFingerprints(secret).of(SUBJECT));
    }

    private Envelope box(String... keys) {
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
