package dev.parley.packaged;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How to start the packaged jar: {@code ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:p.db").start()}.
 *
 * <p>The environment of the tests does not reach it: only the settings of Parley and of Quarkus given here do. It starts with the fast
 * compiler only and with a {@link ClassArchive}, which takes half the time, and serves more slowly than {@link #optimizing()}.
 *
 * <p>If the system property {@code parley.executable} is set, this native executable runs instead of the jar.
 */
public final class ParleyJar {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final String FAST_COMPILER = "-XX:TieredStopAtLevel=1";
    private static final String EXECUTABLE = System.getProperty("parley.executable", "");

    private final Path folder;
    private final Path java;
    private final Path jar;
    private final boolean optimizing;
    private final Map<String, String> environment;
    private final List<String> options;

    private ParleyJar(
            Path folder,
            Path java,
            Path jar,
            boolean optimizing,
            Map<String, String> environment,
            List<String> options) {
        this.folder = folder;
        this.java = java;
        this.jar = jar;
        this.optimizing = optimizing;
        this.environment = environment;
        this.options = options;
    }

    /** The jar with {@code folder} as its working directory; logs are written there too. */
    public static ParleyJar in(Path folder) {
        return new ParleyJar(folder, JAVA, packaged(), false, Map.of(), List.of());
    }

    /** Skips the test if it is the native executable that is tested, for claims about the jar. */
    public static void assumeJar() {
        assumeTrue(EXECUTABLE.isEmpty(), "this claim is about the jar, not about the native executable");
    }

    /** Another jar, such as a copy with a fault in it. */
    public ParleyJar running(Path otherJar) {
        return new ParleyJar(folder, java, otherJar, optimizing, environment, options);
    }

    /** The same on another virtual machine than that of the tests. */
    public ParleyJar runBy(Path otherJava) {
        return new ParleyJar(folder, otherJava, jar, optimizing, environment, options);
    }

    /** The same with the optimizing compiler, as users run it; for measurements. */
    public ParleyJar optimizing() {
        return new ParleyJar(folder, java, jar, true, environment, options);
    }

    /** The same with one more environment variable. */
    public ParleyJar with(String variable, String value) {
        var more = new TreeMap<>(environment);
        more.put(variable, value);
        return new ParleyJar(folder, java, jar, optimizing, more, options);
    }

    /** The same with one more option of the virtual machine, such as {@code -Xmx512m}. */
    public ParleyJar withOption(String option) {
        List<String> more = Stream.concat(options.stream(), Stream.of(option)).toList();
        return new ParleyJar(folder, java, jar, optimizing, environment, more);
    }

    /**
     * Starts a server on a free port of the loopback and waits until it is healthy.
     *
     * @throws AssertionError if it ends or does not answer within three minutes; its state is in the message
     */
    public RunningParley start() {
        return startOn(FreePort.choose());
    }

    /** The same on a given port, for a server that replaces another. */
    public RunningParley startOn(int port) {
        var server = new RunningParley(
                with("QUARKUS_HTTP_PORT", Integer.toString(port)).launch(), port);
        server.awaitHealth();
        return server;
    }

    /** Runs the jar with {@code arguments} until it ends by itself; for commands, and for starts that are refused. */
    public ProcessExit run(String... arguments) {
        try (LaunchedJar launched =
                with("QUARKUS_HTTP_PORT", Integer.toString(FreePort.choose())).launch(arguments)) {
            return launched.awaitExit();
        }
    }

    /** Writes the program {@code parley}, which runs the packaged jar with its arguments, into {@code folder}. */
    public static void installProgram(Path folder) {
        try {
            Path program = Files.writeString(
                    folder.resolve("parley"),
                    "#!/bin/sh\nexec %s \"$@\"\n"
                            .formatted(String.join(" ", in(folder).command())));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() {
        var command = new ArrayList<String>();
        if (!EXECUTABLE.isEmpty() && jar.equals(packaged())) {
            command.add(Path.of(EXECUTABLE).toAbsolutePath().toString());
            command.addAll(options);
            return command;
        }
        command.add(java.toString());
        if (!optimizing) {
            command.add(FAST_COMPILER);
            if (jar.equals(packaged()) && java.equals(JAVA)) {
                command.add(ClassArchive.OPTION);
            }
        }
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    private LaunchedJar launch(String... arguments) {
        List<String> command = command();
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(folder, "parley-", ".out");
            Path err = Path.of(out.toString().replaceFirst("out$", "err"));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(ParleyJar::isSetting);
            builder.environment()
                    .put("QUARKUS_MANAGEMENT_PORT", Integer.toString(FreePort.choose())); // many servers run at once
            // Tests look for lost and missing sessions often, and all from one address.
            builder.environment().put("PARLEY_LIMITS_MISSES_PER_ADDRESS", "0");
            // The speed of the machine is not under test.
            builder.environment().put("PARLEY_LOG_SLOW", "off");
            builder.environment().putAll(environment);
            return new LaunchedJar(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isSetting(String variable) {
        return variable.startsWith("PARLEY_") || variable.startsWith("QUARKUS_");
    }

    /** The jar under test. */
    public static Path packaged() {
        String jar = System.getProperty("parley.jar");
        if (jar == null) {
            throw new IllegalStateException("The system property parley.jar does not name the jar to run");
        }
        return Path.of(jar).toAbsolutePath();
    }
}
