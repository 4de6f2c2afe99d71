package dev.parley.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Issues tokens for tests, built by hand because a library would not build invalid ones. Valid ones expire in 2100, so that the clock of
 * the machine does not matter.
 */
public final class TestIssuer {
    public static final String NAME = "https://issuer.example";
    public static final String FAR_FUTURE = "4102444800"; // 2100-01-01
    static final String LONG_AGO = "978307200"; // 2001-01-01

    private final KeyPair keys;

    private TestIssuer(KeyPair keys) {
        this.keys = keys;
    }

    static TestIssuer rsa() {
        return new TestIssuer(generated("RSA"));
    }

    static TestIssuer ec() {
        return new TestIssuer(generated("EC"));
    }

    /** The one whom the application under test trusts; its keys go from one class loader to another as properties. */
    public static TestIssuer ofApplication() {
        String kept = System.getProperty("test.issuer.private");
        if (kept == null) {
            TestIssuer issuer = rsa();
            System.setProperty(
                    "test.issuer.private", base64(issuer.keys.getPrivate().getEncoded()));
            System.setProperty(
                    "test.issuer.public", base64(issuer.keys.getPublic().getEncoded()));
            return issuer;
        }
        try {
            KeyFactory rsa = KeyFactory.getInstance("RSA");
            PrivateKey secret = rsa.generatePrivate(
                    new PKCS8EncodedKeySpec(Base64.getDecoder().decode(kept)));
            PublicKey open = rsa.generatePublic(
                    new X509EncodedKeySpec(Base64.getDecoder().decode(System.getProperty("test.issuer.public"))));
            return new TestIssuer(new KeyPair(open, secret));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    PublicKey key() {
        return keys.getPublic();
    }

    public String pem() {
        return "-----BEGIN PUBLIC KEY-----\n" + base64(key().getEncoded()) + "\n-----END PUBLIC KEY-----\n";
    }

    /** What a good token says: names and values as JSON has them. */
    public static Map<String, String> claims(String namespace, String roles) {
        var claims = new LinkedHashMap<String, String>();
        claims.put("iss", text(NAME));
        claims.put("aud", text("parley"));
        claims.put("sub", text("alice"));
        claims.put("iat", LONG_AGO);
        claims.put("exp", FAR_FUTURE);
        claims.put("namespace", text(namespace));
        claims.put("roles", roles);
        return claims;
    }

    static String text(String value) {
        return "\"" + value + "\"";
    }

    /** A token with those claims, signed as the kind of key has it. */
    public String token(Map<String, String> claims) {
        boolean rsa = key().getAlgorithm().equals("RSA");
        String signed = unsigned(rsa ? "RS256" : "ES256", claims);
        try {
            Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + url(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first two of a token's three parts. */
    public static String unsigned(String algorithm, Map<String, String> claims) {
        String body = claims.entrySet().stream()
                .map(claim -> text(claim.getKey()) + ":" + claim.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        return url(("{\"typ\":\"JWT\",\"alg\":\"" + algorithm + "\"}").getBytes(StandardCharsets.UTF_8)) + "."
                + url(body.getBytes(StandardCharsets.UTF_8));
    }

    public static String url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static KeyPair generated(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
