package dev.parley.store.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.store.crypto.AesGcm.DecryptionFailed;
import dev.parley.store.crypto.PayloadCodec.EventPosition;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** A payload decrypts only unchanged and at its own position; the format is AES-256-GCM under derived keys. */
class PayloadEncryptionTest {
    private static final SessionKey SESSION = new SessionKey(new Namespace("ns"), new Code("code"));
    private static final EventPosition POSITION = new EventPosition(SESSION, 5, 7, 2, 3);
    private static final byte[] SECRET = utf8("a secret of the store's own");
    private static final byte[] TEXT = utf8("v=0\r\na=fingerprint:sha-256 00:11\r\n");

    private final SecureRandom random = new SecureRandom();

    @Test
    void aPayloadInTheDocumentedFormatDecrypts() throws GeneralSecurityException, DecryptionFailed {
        byte[] master = randomBytes(32);
        byte[] nonce = randomBytes(12);
        byte[] header = joined(new byte[] {(byte) 0xF9}, Arrays.copyOf(hmac(master, (byte) 1), 4));
        byte[] session = joined(longBytes(5), intBytes(2), utf8("ns"), utf8("code"));
        byte[] key = hmac(master, joined(new byte[] {3}, session));
        byte[] label = joined(longBytes(7), intBytes(2), new byte[] {3});
        byte[] stored = joined(header, nonce, gcm(key, nonce, joined(header, label), TEXT));

        EncryptionKeys keys =
                EncryptionKeys.parse(List.of("k=" + Base64.getEncoder().encodeToString(master)));

        assertThat(encryption(keys).decode(POSITION, stored)).isEqualTo(TEXT);
    }

    @Test
    void aPayloadDecryptsToItsTextAndIs33BytesLonger() throws DecryptionFailed {
        PayloadEncryption encryption = encryption("k");
        for (byte[] text : new byte[][] {new byte[0], utf8("x"), TEXT, new byte[65_536]}) {
            byte[] encrypted = encryption.encode(POSITION, text);
            assertThat(encrypted).hasSize(text.length + 33);
            assertThat(encryption.decode(POSITION, encrypted)).isEqualTo(text);
        }
    }

    @Test
    void theSameTextIsNeverEncryptedTheSame() {
        PayloadEncryption encryption = encryption("k");
        assertThat(encryption.encode(POSITION, TEXT)).isNotEqualTo(encryption.encode(POSITION, TEXT));
    }

    @Test
    void aChangeOfAnyBitIsDetected() {
        PayloadEncryption encryption = encryption("k", "old");
        byte[] encrypted = encryption.encode(POSITION, TEXT);
        for (int bit = 0; bit < encrypted.length * Byte.SIZE; bit++) {
            byte[] changed = encrypted.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRejected(encryption, POSITION, changed);
        }
        for (int length = 0; length < encrypted.length; length++) {
            assertRejected(encryption, POSITION, Arrays.copyOf(encrypted, length));
        }
    }

    @Test
    void aPayloadDecryptsAtItsOwnPositionOnly() {
        PayloadEncryption encryption = encryption("k");
        byte[] encrypted = encryption.encode(POSITION, TEXT);
        var otherCode = new SessionKey(SESSION.namespace(), new Code("another"));
        var otherNamespace = new SessionKey(new Namespace("another"), SESSION.code());
        for (EventPosition other : List.of(
                new EventPosition(otherCode, 5, 7, 2, 3),
                new EventPosition(otherNamespace, 5, 7, 2, 3),
                new EventPosition(SESSION, 6, 7, 2, 3),
                new EventPosition(SESSION, 5, 8, 2, 3),
                new EventPosition(SESSION, 5, 7, 1, 3),
                new EventPosition(SESSION, 5, 7, 2, 4))) {
            assertRejected(encryption, other, encrypted);
        }
    }

    @Test
    void anyConfiguredKeyDecryptsAndAnotherDoesNot() throws DecryptionFailed {
        byte[] encrypted = encryption("old").encode(POSITION, TEXT);

        assertThat(encryption("new", "old").decode(POSITION, encrypted)).isEqualTo(TEXT);
        assertRejected(encryption("new"), POSITION, encrypted);
    }

    @Test
    void noTextIsTakenForAnEncryptedPayload() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                assertThat(EncryptionKeys.isEncrypted(utf8(Character.toString(c))))
                        .isFalse();
            }
        }
        assertRejected(encryption("k"), POSITION, TEXT);
    }

    @Test
    void aSecretIsUnwrappedByItsKeyOnly() throws DecryptionFailed {
        EncryptionKeys.Key key = Keys.ring("k").keys().get(0);
        byte[] wrapped = key.wrap(TEXT, random);

        assertThat(key.unwrap(wrapped)).isEqualTo(TEXT);
        EncryptionKeys.Key other = Keys.ring("other").keys().get(0);
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> other.unwrap(wrapped));
        wrapped[wrapped.length - 1] ^= 1;
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> key.unwrap(wrapped));
    }

    @Test
    void aDigestIsTheSameOnlyForTheSameCandidateUnderTheSameSecret() throws GeneralSecurityException {
        assertThat(digest(SECRET, TEXT))
                .isEqualTo(Arrays.copyOf(hmac(SECRET, TEXT), 16))
                .isNotEqualTo(digest(utf8("another"), TEXT))
                .isNotEqualTo(digest(SECRET, SECRET));
    }

    private static byte[] gcm(byte[] key, byte[] nonce, byte[] associated, byte[] text)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(text);
    }

    private static byte[] hmac(byte[] key, byte... text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    private byte[] digest(byte[] secret, byte[] candidate) {
        EncryptionKeys keys = Keys.ring("k");
        return new PayloadEncryption(keys, keys.keys().get(0), secret, random).digest(new Candidate(candidate));
    }

    private static void assertRejected(PayloadEncryption encryption, EventPosition position, byte[] stored) {
        assertThatExceptionOfType(DecryptionFailed.class).isThrownBy(() -> encryption.decode(position, stored));
    }

    private PayloadEncryption encryption(String... keys) {
        return encryption(Keys.ring(keys));
    }

    private PayloadEncryption encryption(EncryptionKeys keys) {
        return new PayloadEncryption(keys, keys.keys().get(0), SECRET, random);
    }

    private byte[] randomBytes(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] longBytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static byte[] intBytes(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
