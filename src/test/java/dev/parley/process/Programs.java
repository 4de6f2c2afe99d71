package dev.parley.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The programs that are installed on this machine. */
final class Programs {
    private Programs() {}

    /** Whether each of {@code programs} is in a folder of {@code PATH}. */
    static boolean areOnThePath(String... programs) {
        List<Path> path =
                Stream.of(System.getenv("PATH").split(":")).map(Path::of).toList();
        return Stream.of(programs)
                .allMatch(program -> path.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(program))));
    }
}
