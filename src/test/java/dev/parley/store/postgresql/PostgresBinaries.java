package dev.parley.store.postgresql;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The programs of PostgreSQL from a jar on the class path, so that the tests need neither an installation nor a container. */
final class PostgresBinaries {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final Path FOLDER = Path.of("target", "postgresql").toAbsolutePath();

    private PostgresBinaries() {}

    /** Runs a program, which must exit with 0. */
    static void run(String program, String... arguments) {
        Path log = FOLDER.resolveSibling("postgresql-" + program + ".log");
        int exit = awaitEnd(start(log, program, arguments));
        if (exit != 0) {
            throw new IllegalStateException(program + " ended with " + exit + "; see " + log);
        }
    }

    /** Starts a program whose output goes to {@code log}. */
    static Process start(Path log, String program, String... arguments) {
        unpack();
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U")); // PostgreSQL refuses to run as root
        }
        command.add(FOLDER.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LC_ALL", "C");
        return started(builder);
    }

    /** Another program of the machine. */
    static Process command(List<String> command) {
        return started(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null"))));
    }

    /** Waits for the end of a program, and returns its exit code. */
    static int awaitEnd(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a program of PostgreSQL ran", e);
        }
    }

    private static Process started(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized void unpack() {
        if (Files.exists(FOLDER)) {
            return;
        }
        try (FileChannel others = FileChannel.open(FOLDER.resolveSibling("postgresql.lock"), CREATE, WRITE)) {
            others.lock(); // tests of another process may unpack, too
            if (Files.exists(FOLDER)) {
                return;
            }
            Path unfinished = Files.createDirectories(FOLDER.resolveSibling("postgresql-unfinished"));
            try (InputStream jar = PostgresBinaries.class.getResourceAsStream(ARCHIVE)) {
                if (jar == null) {
                    throw new IllegalStateException("There is no " + ARCHIVE + " on the class path");
                }
                extract(new TarArchiveInputStream(new XZInputStream(jar)), unfinished);
            }
            Files.move(unfinished, FOLDER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void extract(TarArchiveInputStream archive, Path folder) throws IOException {
        for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            Path file = folder.resolve(entry.getName()).normalize();
            if (entry.isDirectory()) {
                Files.createDirectories(file);
            } else if (entry.isSymbolicLink()) {
                Files.createDirectories(file.getParent());
                Files.deleteIfExists(file);
                Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            } else {
                Files.createDirectories(file.getParent());
                Files.write(file, archive.readAllBytes());
                file.toFile().setExecutable((entry.getMode() & 0100) != 0);
            }
        }
    }

    /** Copies the folder of a stopped server. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
