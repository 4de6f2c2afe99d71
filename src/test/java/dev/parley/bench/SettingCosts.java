package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.store.crypto.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What parts of the service cost or save: handshakes and polls on SQLite with a part switched off, or on, by a setting of the
 * operator's. All run at once and are loaded in turns, round by round, for machines are faster at one time than at another; each load
 * has its ratio to {@code GET /health} of the same process in the same round, and the table has the median of the rounds.
 */
public final class SettingCosts {
    private static final int CONNECTIONS = 32;
    private static final int ROUNDS = 5;
    private static final int POLLED = 500;
    private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("parley.bench.seconds", 5));

    private static final List<Setting> SETTINGS = List.of(
            new Setting("defaults", Map.of()),
            new Setting("encrypted at rest", Map.of("PARLEY_ENCRYPTION_KEYS", Keys.setting("bench"))));

    private SettingCosts() {}

    private record Setting(String name, Map<String, String> environment) {}

    public static void main(String[] arguments) throws Exception {
        try (var folder = new TemporaryFolder()) {
            var subjects = new ArrayList<Subject>();
            try {
                for (Setting setting : SETTINGS) {
                    subjects.add(new Subject(setting, folder));
                }
                measure(subjects);
            } finally {
                for (Subject subject : subjects) {
                    subject.parley.close();
                }
            }
        }
    }

    private static void measure(List<Subject> subjects) throws InterruptedException {
        for (Subject subject : subjects) {
            subject.warmUp();
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (Subject subject : subjects) {
                subject.measure();
            }
        }
        Markdown.head(
                "setting",
                "native, requests/s",
                "of /health",
                "p99 ms",
                "compatible",
                "of /health",
                "p99 ms",
                "polls that find nothing",
                "of /health",
                "p99 ms",
                "failed");
        subjects.forEach(Subject::tell);
        Markdown.line("");
    }

    /** A service with one of the settings, and what was measured of it. */
    private static final class Subject {
        private final Setting setting;
        private final RunningParley parley;
        private final Load load;
        private final Rounds nativeRounds = new Rounds();
        private final Rounds compatibleRounds = new Rounds();
        private final Rounds pollRounds = new Rounds();
        private int loads;

        Subject(Setting setting, TemporaryFolder folder) throws Exception {
            this.setting = setting;
            ParleyJar jar = ParleyJar.in(folder.path())
                    .optimizing()
                    .with("PARLEY_STORE_URL", "sqlite:" + setting.name().replace(' ', '-') + ".db");
            for (Map.Entry<String, String> variable : setting.environment().entrySet()) {
                jar = jar.with(variable.getKey(), variable.getValue());
            }
            this.parley = jar.start();
            this.load = new Load(parley.uri(), CONNECTIONS);
        }

        /** Longer than is measured: what seals, or reads the file, is compiled late. */
        void warmUp() throws InterruptedException {
            Duration time = ROUND.multipliedBy(3);
            load.run(RequestSequence.health(), time);
            load.run(nativeHandshakes(), time);
            load.run(new RondevuHandshakes(), time);
            load.run(pollsOfNewSessions(), time);
        }

        void measure() throws InterruptedException {
            double health = load.run(RequestSequence.health(), ROUND).perSecond();
            nativeRounds.add(load.run(nativeHandshakes(), ROUND), health);
            compatibleRounds.add(load.run(new RondevuHandshakes(), ROUND), health);
            pollRounds.add(load.run(pollsOfNewSessions(), ROUND), health);
        }

        private RequestSequence nativeHandshakes() {
            return new NativeHandshakes("measured-" + loads++);
        }

        /** Who polls has opened the session, or found it, not long ago. */
        private RequestSequence pollsOfNewSessions() throws InterruptedException {
            var sessions = new LiveSessions("polled-" + loads++);
            load.run(sessions, POLLED);
            return new EmptyPolls(sessions, POLLED);
        }

        void tell() {
            var cells = new ArrayList<Object>(List.of(setting.name()));
            List<Rounds> all = List.of(nativeRounds, compatibleRounds, pollRounds);
            all.forEach(rounds -> rounds.tell(cells));
            cells.add(all.stream().mapToLong(rounds -> rounds.failures).sum());
            Markdown.row(cells.toArray());
        }
    }

    /** What was measured of one load. */
    private static final class Rounds {
        private final double[] perSecond = new double[ROUNDS];
        private final double[] ofHealth = new double[ROUNDS];
        private final Histogram micros = new Histogram(3);
        private int rounds;
        private long failures;

        void add(LoadResult measured, double health) {
            perSecond[rounds] = measured.perSecond();
            ofHealth[rounds] = measured.perSecond() / health;
            micros.add(measured.latencies());
            failures += measured.failures();
            rounds++;
        }

        void tell(List<Object> cells) {
            cells.add(Markdown.figure(median(perSecond)));
            cells.add(Markdown.figure(median(ofHealth)));
            cells.add(Markdown.millis(micros, 99));
        }

        private static double median(double[] figures) {
            return Arrays.stream(figures)
                    .sorted()
                    .skip(figures.length / 2)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
