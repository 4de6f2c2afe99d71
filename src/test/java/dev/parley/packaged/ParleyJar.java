package dev.parley.packaged;

import dev.parley.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How to start the packaged jar: {@code ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:p.db").start()}.
 *
 * <p>Nothing of the environment in which the tests run reaches it: settings of Parley and of Quarkus are only those given here.
 */
public final class ParleyJar {
    private final Path folder;
    private final Path java;
    private final Path jar;
    private final Map<String, String> environment;
    private final List<String> options;

    private ParleyJar(Path folder, Path java, Path jar, Map<String, String> environment, List<String> options) {
        this.folder = folder;
        this.java = java;
        this.jar = jar;
        this.environment = environment;
        this.options = options;
    }

    /** The jar with {@code folder} as its working directory; logs are written there too. */
    public static ParleyJar in(Path folder) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ParleyJar(folder, java, packaged(), Map.of(), List.of());
    }

    /** Another jar, such as a copy with a fault in it. */
    public ParleyJar running(Path otherJar) {
        return new ParleyJar(folder, java, otherJar, environment, options);
    }

    /** The same by another virtual machine than the one that runs this. */
    public ParleyJar runBy(Path otherJava) {
        return new ParleyJar(folder, otherJava, jar, environment, options);
    }

    /** The same with one more environment variable. */
    public ParleyJar with(String variable, String value) {
        var more = new TreeMap<>(environment);
        more.put(variable, value);
        return new ParleyJar(folder, java, jar, more, options);
    }

    /** The same with one more option of the virtual machine, such as {@code -Xmx512m}. */
    public ParleyJar withOption(String option) {
        return new ParleyJar(
                folder,
                java,
                jar,
                environment,
                Stream.concat(options.stream(), Stream.of(option)).toList());
    }

    /**
     * The same with the fast compiler only, and unless it is a copy with classes that were loaded before: it starts in half the time,
     * and serves more slowly.
     */
    public ParleyJar startingFast() {
        ParleyJar fast = withOption("-XX:TieredStopAtLevel=1");
        return jar.equals(packaged()) ? fast.withOption(ClassArchive.OPTION) : fast;
    }

    /**
     * Starts a server on a free port of the loopback and waits until it says that it is well.
     *
     * @throws AssertionError if it ends or does not answer within three minutes; its state is in the message
     */
    public RunningParley start() {
        return startOn(FreePort.choose());
    }

    /** The same on a port of one's choice, for a server that takes another's place. */
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

    /** Starts a command and does not wait for its end. */
    LaunchedJar launchCommand(String... arguments) {
        return launch(arguments);
    }

    private LaunchedJar launch(String... arguments) {
        var command = new ArrayList<>(List.of(java.toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
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
            // What was lost or never there is looked for often, and all from one address.
            builder.environment().put("PARLEY_LIMITS_MISSES_PER_ADDRESS", "0");
            // How fast the machine is that tests is not what they are about.
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

    /** The jar that is tested. */
    public static Path packaged() {
        String jar = System.getProperty("parley.jar");
        if (jar == null) {
            throw new IllegalStateException("The system property parley.jar does not say which jar to run");
        }
        return Path.of(jar);
    }
}
