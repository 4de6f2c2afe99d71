package dev.parley.http.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.eclipse.microprofile.config.spi.Converter;

/** Under which URL clients reach the service, through which proxies, and which pages may call it. */
@ConfigMapping(prefix = "parley")
public interface OriginConfig {
    /**
     * The URL under which browsers reach the service, such as {@code https://parley.example.org}, without a path. Its origin is the
     * namespace of the service's own pages, which may call regardless of {@code parley.cors.origins}. Unset: the scheme and the host of
     * each request, as trusted proxies forwarded them.
     */
    @WithName("http.public-url")
    Optional<String> publicUrl();

    /**
     * Proxies whose {@code Forwarded} or {@code X-Forwarded-For}, {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} are used:
     * addresses, or networks such as {@code 10.0.0.0/8}, comma-separated. Unset: none.
     */
    @WithName("limits.trusted-proxies")
    Optional<@Size(max = 64) List<String>> trustedProxies();

    /**
     * Origins whose pages may call, comma-separated; {@code /…/} is a regular expression, {@code *} allows all. Cookies are never used.
     */
    @WithName("cors.origins")
    @WithDefault("*")
    @WithConverter(OriginsConverter.class)
    Origins corsOrigins();

    /** By an explicit converter, because the reason of a refusal is not in the message of an implicit one. */
    final class OriginsConverter implements Converter<Origins> {
        private static final long serialVersionUID = 1;

        @Override
        public Origins convert(String value) {
            return Origins.of(value);
        }
    }

    /**
     * Web origins (RFC 6454).
     *
     * @param all whether all are meant; then {@code allowed} is empty
     */
    record Origins(boolean all, List<Pattern> allowed) {
        private static final Pattern ORIGIN = Pattern.compile("null|[a-z][a-z0-9+.-]*://[^/?#@\\s]+");

        /**
         * Parses the value of {@code parley.cors.origins}.
         *
         * @throws IllegalArgumentException naming the invalid entry
         */
        public static Origins of(String text) {
            boolean all = text.strip().equals("*");
            return new Origins(
                    all,
                    all
                            ? List.of()
                            : Arrays.stream(text.split(",", -1))
                                    .map(entry -> pattern(entry.strip()))
                                    .toList());
        }

        private static Pattern pattern(String entry) {
            if (ORIGIN.matcher(entry).matches()) {
                return Pattern.compile(Pattern.quote(entry));
            }
            if (entry.length() < 2 || !entry.startsWith("/") || !entry.endsWith("/")) {
                throw new IllegalArgumentException("\"" + entry
                        + "\" is neither an origin such as https://example.org nor a /regular expression/; use * alone"
                        + " for all.");
            }
            try {
                return Pattern.compile(entry.substring(1, entry.length() - 1));
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        entry + " is not a regular expression: " + e.getDescription() + ".", e);
            }
        }

        boolean admit(String origin) {
            return all
                    || allowed.stream()
                            .anyMatch(pattern -> pattern.matcher(origin).matches());
        }
    }
}
