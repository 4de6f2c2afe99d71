package dev.parley.ops;

import dev.parley.access.ApiKeys;
import dev.parley.access.TokenIssuer;
import dev.parley.config.InvalidConfiguration;
import dev.parley.http.access.Authenticator;
import dev.parley.ops.ParleyConfig.Access.Mode;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.util.KeyUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Whom the gate lets in, as the configuration has it. */
final class AccessSettings {
    private static final String ISSUER = "parley.access.jwt.issuer";
    private static final String PUBLIC_KEY = "parley.access.jwt.public-key";
    private static final String PEM = "-----BEGIN ";
    private static final int RSA_BITS_MIN = 2048;
    private static final int EC_BITS = 256;

    private AccessSettings() {}

    /** @throws InvalidConfiguration naming the setting that will not do */
    static Authenticator gate(ParleyConfig.Access settings, ApiKeys keyring, InstantSource clock) {
        Optional<TokenIssuer> issuer = issuer(settings.jwt(), clock);
        return settings.mode().filter(Mode.KEY::equals).isPresent()
                ? Authenticator.asking(keyring, issuer.orElse(null))
                : Authenticator.open();
    }

    private static Optional<TokenIssuer> issuer(ParleyConfig.Access.Jwt settings, InstantSource clock) {
        if (settings.issuer().isEmpty() && settings.publicKey().isEmpty()) {
            return Optional.empty();
        }
        if (settings.issuer().isEmpty() || settings.publicKey().isEmpty()) {
            throw new InvalidConfiguration(ISSUER + " and " + PUBLIC_KEY + " belong together; set both, or none.");
        }
        return Optional.of(new TokenIssuer(
                new TokenIssuer.Terms(
                        settings.issuer().get(),
                        settings.audience(),
                        key(pem(settings.publicKey().get())),
                        settings.namespaceClaim(),
                        settings.rolesClaim()),
                clock));
    }

    private static String pem(String setting) {
        if (setting.startsWith(PEM)) {
            return setting;
        }
        try {
            return Files.readString(Path.of(setting));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfiguration(PUBLIC_KEY + ": it is no PEM text, and no file of that name can be read.");
        }
    }

    private static PublicKey key(String pem) {
        for (SignatureAlgorithm algorithm : List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256)) {
            try {
                PublicKey key = KeyUtils.decodePublicKey(pem, algorithm);
                if (isStrong(key)) {
                    return key;
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                // it may be of the other kind
            }
        }
        throw new InvalidConfiguration(
                PUBLIC_KEY + ": it must be a public key in PEM (\"-----BEGIN PUBLIC KEY-----\"), RSA of at least "
                        + RSA_BITS_MIN + " bits or EC on the curve P-256.");
    }

    private static boolean isStrong(PublicKey key) {
        return key instanceof RSAPublicKey rsa
                ? rsa.getModulus().bitLength() >= RSA_BITS_MIN
                : key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == EC_BITS;
    }
}
