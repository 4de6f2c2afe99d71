package dev.parley.bench;

import dev.parley.process.ParleyJar;
import dev.parley.process.RunningParley;
import dev.parley.vault.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What parts of the service cost or save: handshakes on SQLite with a part switched off, or on, by a setting of the operator's. As
 * elsewhere, each load has its ratio to {@code GET /health} of the same process, for machines are faster at one time than at another.
 */
public final class Settings {
    private static final int CONNECTIONS = 32;
    private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("parley.bench.seconds", 10));

    private static final List<Setting> SETTINGS = List.of(
            new Setting("as it comes", Map.of()),
            new Setting("each write in a commit of its own", Map.of("PARLEY_STORE_BATCH", "1")),
            new Setting("every poll reads the file", Map.of("PARLEY_STORE_MEMORY", "0")),
            new Setting("sealed on the disk", Map.of("PARLEY_ENCRYPTION_KEYS", Keys.setting("bench"))));

    private Settings() {}

    private record Setting(String name, Map<String, String> environment) {}

    public static void main(String[] arguments) throws Exception {
        Markdown.head(
                "setting",
                "native, requests/s",
                "of /health",
                "p99 ms",
                "compatible",
                "of /health",
                "p99 ms",
                "failed");
        for (Setting setting : SETTINGS) {
            measure(setting);
        }
        Markdown.line("");
    }

    private static void measure(Setting setting) throws Exception {
        try (var folder = new TemporaryFolder()) {
            ParleyJar jar = ParleyJar.in(folder.path());
            for (Map.Entry<String, String> variable : setting.environment().entrySet()) {
                jar = jar.with(variable.getKey(), variable.getValue());
            }
            try (RunningParley parley = jar.start()) {
                var load = new Load(parley.uri(), CONNECTIONS);
                warmUp(load);
                Measured health = load.run(Traffic.health(), ROUND);
                var cells = new ArrayList<Object>(List.of(setting.name()));
                long failures = 0;
                for (Traffic traffic : List.of(new NativeHandshakes("measured"), new RondevuHandshakes())) {
                    Measured measured = load.run(traffic, ROUND);
                    cells.add(Markdown.figure(measured.perSecond()));
                    cells.add(Markdown.figure(measured.perSecond() / health.perSecond()));
                    cells.add(Markdown.figure(measured.millis(99)));
                    failures += measured.failures();
                }
                cells.add(failures);
                Markdown.row(cells.toArray());
            }
        }
    }

    /** Twice as long as is measured: what seals, or reads the file, is compiled late. */
    private static void warmUp(Load load) throws InterruptedException {
        for (Traffic traffic : List.of(Traffic.health(), new NativeHandshakes("warm"), new RondevuHandshakes())) {
            load.run(traffic, ROUND.multipliedBy(2));
        }
    }
}
