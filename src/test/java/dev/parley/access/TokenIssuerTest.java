package dev.parley.access;

import static dev.parley.access.TestIssuer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestConfig;
import dev.parley.contract.MovableClock;
import dev.parley.session.Namespace;
import dev.parley.session.TokenHash;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A token is accepted if the issuer signed it for this audience, it has not expired, and it has the required claims. */
class TokenIssuerTest {
    private static final TestIssuer RSA = TestIssuer.rsa();

    private final MovableClock clock = new MovableClock();
    private final TokenIssuer trusted = trusting(RSA);

    @Test
    void aTokenIsACredential() {
        assertThat(credential(claims()))
                .isEqualTo(new Credential("jwt:alice", new Namespace("chess"), Set.of(Role.PEER, Role.OPERATOR)));
    }

    @Test
    void tokensMayBeSignedByAnEllipticCurveKey() {
        TestIssuer ec = TestIssuer.ec();

        assertThat(credential(trusting(ec), ec.token(claims()))).isNotNull();
        assertThat(credential(trusting(ec), RSA.token(claims()))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"peer\"]", "\"peer\"", "[\"peer\",\"cook\"]", "\"peer cook\""})
    void rolesAreAListOrWordsAndUnknownOnesAreIgnored(String roles) {
        Credential credential = credential(with("roles", roles));

        assertThat(credential).isNotNull();
        assertThat(credential.roles()).containsExactly(Role.PEER);
    }

    @Test
    void aTokenWithoutRolesPermitsNothing() {
        Credential credential = credential(without("roles"));

        assertThat(credential == null || credential.roles().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iss", "aud", "sub", "iat", "exp", "namespace"})
    void requiredClaimsAreChecked(String claim) {
        assertThat(credential(without(claim))).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = ' ',
            value = {
                "iss \"https://other.example\"",
                "aud \"other\"",
                "aud [\"one\",\"other\"]",
                "sub \"\"",
                "exp " + TestIssuer.LONG_AGO,
                "exp \"tomorrow\"",
                "nbf " + TestIssuer.FAR_FUTURE,
                "namespace \"\"",
                "namespace 7",
                "namespace [\"chess\"]",
                "namespace null",
            })
    void wrongClaimsAreRejected(String claim, String value) {
        assertThat(credential(with(claim, value))).isNull();
    }

    @Test
    void namespacesAreBounded() {
        assertThat(credential(with("namespace", text("n".repeat(512))))).isNotNull();
        assertThat(credential(with("namespace", text("n".repeat(513))))).isNull();
    }

    @Test
    void tokensOfOtherIssuersAreRejected() {
        assertThat(credential(trusted, TestIssuer.rsa().token(claims()))).isNull();
    }

    @Test
    void modifiedTokensAreRejected() {
        String[] good = RSA.token(claims()).split("\\.");
        String[] other = RSA.token(with("namespace", text("other"))).split("\\.");

        assertThat(credential(trusted, good[0] + "." + other[1] + "." + good[2]))
                .isNull();
    }

    @Test
    void unsignedTokensAreRejected() {
        for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
            String unsigned = TestIssuer.unsigned(none, claims());
            assertThat(credential(trusted, unsigned + ".")).as(none).isNull();
            assertThat(credential(trusted, unsigned)).as(none).isNull();
            assertThat(credential(trusted, unsigned + "." + RSA.token(claims()).split("\\.")[2]))
                    .as(none)
                    .isNull();
        }
    }

    @Test
    void thePublicKeyIsNotASharedSecret() throws GeneralSecurityException {
        for (String algorithm : List.of("HS256", "HS384", "HS512")) {
            String unsigned = TestIssuer.unsigned(algorithm, claims());
            for (byte[] secret : List.of(
                    RSA.key().getEncoded(),
                    RSA.pem().getBytes(StandardCharsets.UTF_8),
                    RSA.pem().strip().getBytes(StandardCharsets.UTF_8))) {
                String mac = algorithm.replace("HS", "HmacSHA");
                Mac hmac = Mac.getInstance(mac);
                hmac.init(new SecretKeySpec(secret, mac));
                String forged =
                        unsigned + "." + TestIssuer.url(hmac.doFinal(unsigned.getBytes(StandardCharsets.US_ASCII)));
                assertThat(credential(trusted, forged)).as(algorithm).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "parley_abc", "eyJhbGciOiJSUzI1NiJ9..", "....."})
    void malformedTokensAreRejected(String text) {
        assertThat(credential(trusted, text)).isNull();
    }

    @Test
    void cachedTokensExpire() {
        String token = RSA.token(claims());
        Instant end = Instant.ofEpochSecond(Long.parseLong(TestIssuer.FAR_FUTURE));
        assertThat(credential(trusted, token)).isNotNull();

        clock.moveTo(end.plusSeconds(4));
        assertThat(credential(trusted, token)).as("clocks differ").isNotNull();
        clock.moveTo(end.plusSeconds(5));
        assertThat(credential(trusted, token)).isNull();
    }

    private static Map<String, String> claims() {
        return TestIssuer.claims("chess", "[\"peer\",\"operator\"]");
    }

    private static Map<String, String> with(String claim, String value) {
        Map<String, String> claims = claims();
        claims.put(claim, value);
        return claims;
    }

    private static Map<String, String> without(String claim) {
        Map<String, String> claims = claims();
        claims.remove(claim);
        return claims;
    }

    private TokenIssuer trusting(TestIssuer issuer) {
        AccessConfig config = TestConfig.of(
                AccessConfig.class,
                Map.of("parley.access.jwt.issuer", TestIssuer.NAME, "parley.access.jwt.public-key", issuer.pem()));
        return TokenIssuer.configured(config, clock).orElseThrow();
    }

    private @Nullable Credential credential(Map<String, String> claims) {
        return credential(trusted, RSA.token(claims));
    }

    private static @Nullable Credential credential(TokenIssuer issuer, String token) {
        return issuer.credential(token, TokenHash.of(token));
    }
}
