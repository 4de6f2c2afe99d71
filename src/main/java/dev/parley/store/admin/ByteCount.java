package dev.parley.store.admin;

import java.util.Locale;

/** A number of bytes in readable units: {@code 3.4 MB}. */
public record ByteCount(long bytes) {
    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB"};
    private static final int STEP = 1_000;

    @Override
    public String toString() {
        if (bytes < STEP) {
            return bytes + " " + UNITS[0];
        }
        double number = bytes;
        int unit = 0;
        while (number >= STEP && unit < UNITS.length - 1) {
            number /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", number, UNITS[unit]);
    }
}
