package dev.parley.config;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import org.eclipse.microprofile.config.spi.Converter;
import org.jspecify.annotations.Nullable;

/** Converts a duration such as {@code 10s}; {@code off} is converted to an empty {@code Optional}. */
public final class DurationOrOff implements Converter<Duration> {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable Duration convert(String value) {
        try {
            return value.equals("off") ? null : DurationConverter.parseDuration(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be a duration such as 10s, or off");
        }
    }
}
