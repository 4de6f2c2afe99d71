package dev.parley.store.crypto;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-GCM written from NIST SP 800-38D: AES in counter mode, and GHASH as a multiplication of polynomials. Slow,
 * and nothing in common with the cipher that it checks but AES itself.
 */
final class ByHand {
    private static final int BLOCK = 16;
    private static final BigInteger R = BigInteger.valueOf(0xE1).shiftLeft(120);

    private ByHand() {}

    /** Ciphertext and tag. */
    static byte[] gcm(byte[] key, byte[] nonce, byte[] associated, byte[] text) throws GeneralSecurityException {
        var aes = new SecretKeySpec(key, "AES");
        Cipher block = Cipher.getInstance("AES/ECB/NoPadding");
        block.init(Cipher.ENCRYPT_MODE, aes);
        byte[] h = block.doFinal(new byte[BLOCK]);
        byte[] first = ByteBuffer.allocate(BLOCK).put(nonce).putInt(1).array();
        Cipher counter = Cipher.getInstance("AES/CTR/NoPadding");
        counter.init(
                Cipher.ENCRYPT_MODE,
                aes,
                new IvParameterSpec(
                        ByteBuffer.allocate(BLOCK).put(nonce).putInt(2).array()));
        byte[] cipherText = counter.doFinal(text);
        byte[] tag = xor(block.doFinal(first), ghash(h, associated, cipherText));
        return ByteBuffer.allocate(cipherText.length + BLOCK)
                .put(cipherText)
                .put(tag)
                .array();
    }

    static byte[] hmac(byte[] key, byte... text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }

    private static byte[] ghash(byte[] h, byte[] associated, byte[] cipherText) {
        ByteBuffer all = ByteBuffer.allocate(padded(associated.length) + padded(cipherText.length) + BLOCK);
        all.put(associated).position(padded(associated.length));
        all.put(cipherText).position(all.capacity() - BLOCK);
        all.putLong(associated.length * 8L).putLong(cipherText.length * 8L).rewind();
        BigInteger y = BigInteger.ZERO;
        var next = new byte[BLOCK];
        while (all.hasRemaining()) {
            all.get(next);
            y = product(y.xor(new BigInteger(1, next)), new BigInteger(1, h));
        }
        byte[] bytes = y.toByteArray();
        var hash = new byte[BLOCK];
        for (int i = 1; i <= Math.min(BLOCK, bytes.length); i++) {
            hash[BLOCK - i] = bytes[bytes.length - i];
        }
        return hash;
    }

    /** In the field of 2<sup>128</sup> elements, the leftmost bit being the lowest power. */
    private static BigInteger product(BigInteger x, BigInteger y) {
        BigInteger z = BigInteger.ZERO;
        BigInteger v = y;
        for (int bit = 127; bit >= 0; bit--) {
            if (x.testBit(bit)) {
                z = z.xor(v);
            }
            boolean carry = v.testBit(0);
            v = v.shiftRight(1);
            if (carry) {
                v = v.xor(R);
            }
        }
        return z;
    }

    private static int padded(int length) {
        return (length + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static byte[] xor(byte[] one, byte[] other) {
        var sum = new byte[one.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (byte) (one[i] ^ other[i]);
        }
        return sum;
    }
}
