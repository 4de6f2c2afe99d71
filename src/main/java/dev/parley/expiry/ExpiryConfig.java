package dev.parley.expiry;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import dev.parley.config.DurationOrOff;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.Converter;
import org.hibernate.validator.constraints.time.DurationMin;

/** When expired sessions are deleted. The scheduler reads both settings itself; they are declared here to be validated. */
@ConfigMapping(prefix = "parley.expiry")
public interface ExpiryConfig {
    /** Interval at which expired sessions are deleted, such as {@code 10s}, at least 1 s; {@code off} disables it. */
    @WithDefault("10s")
    Optional<@WithConverter(DurationOrOff.class) @DurationMin(seconds = 1) Duration> schedule();

    /**
     * Cron expression of additional deletions, six fields with seconds first, such as {@code 0 30 3 * * ?}; {@code off} for none.
     * With {@code schedule=off} sessions are deleted at these times only.
     */
    @WithDefault("off")
    @WithConverter(CronOrOff.class)
    String cron();

    /** Accepts {@code off} and the cron expressions that the scheduler understands. */
    final class CronOrOff implements Converter<String> {
        private static final long serialVersionUID = 1;

        @Override
        public String convert(String value) {
            if (!value.equals("off")) {
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ)).parse(value);
            }
            return value;
        }
    }
}
