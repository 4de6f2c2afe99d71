package dev.parley.expiry;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import org.eclipse.microprofile.config.spi.Converter;

/** Accepts {@code off} and the cron expressions that the scheduler understands. */
public final class CronOrOff implements Converter<String> {
    private static final long serialVersionUID = 1;

    @Override
    public String convert(String value) {
        if (!value.equals("off")) {
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ)).parse(value);
        }
        return value;
    }
}
