package dev.parley.guides;

import com.sun.source.tree.AnnotationTree;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The constraints of a setting in words. */
final class Constraints {
    private Constraints() {}

    static String range(String type, List<? extends AnnotationTree> annotations) {
        if (type.equals("boolean") || type.equals("Boolean")) {
            return "`true`, `false`";
        }
        String range = "";
        for (String[] pair :
                new String[][] {{"Min", "Max"}, {"DecimalMin", "DecimalMax"}, {"DurationMin", "DurationMax"}}) {
            range += between(bound(annotations, pair[0]), bound(annotations, pair[1]));
        }
        return range + size(type, annotations);
    }

    private static String between(String min, String max) {
        if (!min.isEmpty() && !max.isEmpty()) {
            return min + " to " + max;
        }
        return min.isEmpty() ? max.isEmpty() ? "" : "up to " + max : "from " + min;
    }

    private static String bound(List<? extends AnnotationTree> annotations, String name) {
        return SettingsSource.annotation(annotations, name)
                .map(SettingsSource::values)
                .map(values ->
                        name.startsWith("Duration") ? duration(values) : number(values.getOrDefault("value", "")))
                .orElse("");
    }

    private static String size(String type, List<? extends AnnotationTree> annotations) {
        return SettingsSource.annotation(annotations, "Size")
                .map(SettingsSource::values)
                .map(values -> between(values.getOrDefault("min", ""), values.getOrDefault("max", ""))
                        + (type.equals("String") ? " characters" : " entries"))
                .orElse("");
    }

    private static String number(String digits) {
        return digits.matches("[0-9]+") ? String.format(Locale.ROOT, "%,d", Long.parseLong(digits)) : digits;
    }

    private static String duration(Map<String, String> values) {
        Duration sum = Duration.ZERO;
        for (ChronoUnit unit : List.of(ChronoUnit.MILLIS, ChronoUnit.SECONDS, ChronoUnit.MINUTES, ChronoUnit.HOURS)) {
            sum = sum.plus(Long.parseLong(values.getOrDefault(unit.toString().toLowerCase(Locale.ROOT), "0")), unit);
        }
        Duration duration = sum;
        return Stream.of(ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS, ChronoUnit.MILLIS)
                .filter(unit -> !duration.isZero()
                        && duration.toMillis() % unit.getDuration().toMillis() == 0)
                .findFirst()
                .map(unit -> duration.toMillis() / unit.getDuration().toMillis() + " " + symbol(unit))
                .orElse("0");
    }

    private static String symbol(ChronoUnit unit) {
        return switch (unit) {
            case HOURS -> "h";
            case MINUTES -> "min";
            case SECONDS -> "s";
            default -> "ms";
        };
    }
}
