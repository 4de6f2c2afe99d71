package dev.parley.packaged;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs that are installed on this machine. */
public final class InstalledPrograms {
    private InstalledPrograms() {}

    /** Whether each of {@code programs} is in a folder of {@code PATH}. */
    public static boolean areOnThePath(String... programs) {
        return Stream.of(programs).allMatch(program -> onThePath(program).isPresent());
    }

    /** Where {@code program} is. */
    public static Optional<Path> onThePath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
