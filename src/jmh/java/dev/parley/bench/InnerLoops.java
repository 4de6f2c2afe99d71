package dev.parley.bench;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event.Events;
import dev.parley.session.Namespace;
import dev.parley.session.Opening;
import dev.parley.session.SessionKey;
import dev.parley.session.Trickle;
import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.sqlite.OfflineStore;
import dev.parley.waiting.TestWaitRegistries;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One operation of the store without HTTP; prints the results beside those of the other benchmarks. */
@State(Scope.Benchmark)
public class InnerLoops {
    private static final TimeValue TURN = TimeValue.seconds(1);
    private static final int TURNS = 5;

    private static final SessionConfig LIMITS = DefaultLimits.living(Duration.ofHours(1), Duration.ofSeconds(10));
    private static final SessionKey KEY =
            new SessionKey(new Namespace(SampleDescriptions.ORIGIN), new Code("inner-loop"));

    private TemporaryFolder folder;
    private Database database;
    private Signaling signaling;

    /**
     * @param arguments any, where this is the last part of the whole table: then it is left out if one part was asked for
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && System.getProperty("bench") != null) {
            return;
        }
        System.setProperty("java.class.path", classPath());
        var results = new Runner(new OptionsBuilder()
                        .include("dev.parley.")
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(1)
                        .warmupTime(TURN)
                        .warmupIterations(TURNS)
                        .measurementTime(TURN)
                        .measurementIterations(TURNS)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        Markdown.line("");
        Markdown.head("inner loop", "µs", "±");
        for (RunResult result : results) {
            var time = result.getPrimaryResult();
            Markdown.row(
                    result.getParams().getBenchmark().replaceFirst(".*\\.", ""),
                    Markdown.figure(time.getScore() / 1_000),
                    Markdown.figure(time.getScoreError() / 1_000));
        }
    }

    /** That of the loops' own process. Maven runs this in a class loader of its own, of which the system property knows nothing. */
    private static String classPath() {
        return InnerLoops.class.getClassLoader() instanceof URLClassLoader maven
                ? Arrays.stream(maven.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
                : System.getProperty("java.class.path");
    }

    @Setup
    public void open() throws IOException {
        folder = new TemporaryFolder();
        database = new OfflineStore(Path.of(folder.path().toString(), "loop.db")).open();
        signaling = TestSignaling.over(
                database, TestWaitRegistries.nobodyWaits(), LIMITS, InstantSource.system(), new SecureRandom());
        var session = new Opening(
                KEY.code(),
                "chess",
                "peer",
                List.of(),
                Description.of(SampleDescriptions.SDP),
                Trickle.NOTHING,
                null,
                null);
        signaling.open(KEY.namespace(), session).toCompletableFuture().join();
    }

    @TearDown
    public void close() throws IOException {
        database.close();
        folder.close();
    }

    @Benchmark
    public Served<Events> storeReadThatFindsNothing() {
        return signaling
                .events(ReadFrom.PRIMARY, KEY, 1, 1_000)
                .toCompletableFuture()
                .join();
    }
}
