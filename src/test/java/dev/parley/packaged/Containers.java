package dev.parley.packaged;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Builds images with buildah and runs them with podman, in a store of their own that is deleted at the end. No registry is needed:
 * the base images consist of programs of this machine.
 */
final class Containers implements AutoCloseable {
    private static final int JAVA_MIN = 25;

    /** What the Dockerfiles, the health check, the backups and the training run need besides Parley and the C library. */
    private static final String PROGRAMS = "bash cat date dirname env install ls mktemp mv rm sed sh sleep uname wc";

    private static final String BASE = """
            container=$("${buildah[@]}" from scratch)
            root=$("${buildah[@]}" mount "$container")
            install -d "$root"/usr/bin "$root"/usr/lib "$root"/usr/lib64 "$root"/etc "$root"/opt
            install -d -m 1777 "$root"/tmp
            for folder in bin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
            libraries() {
              ldd "$@" 2>/dev/null | grep -o '/[^ ]*' | grep -v ':$' | sort -u | while read -r library; do
                [[ $library == "$root"/* ]] || install -D -m 755 "$library" "$root$library"
              done
            }
            for program in $programs; do
              install -m 755 "$(realpath "$(command -v "$program")")" "$root/usr/bin/$program"
              libraries "$root/usr/bin/$program"
            done
            for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0; do
              found=$(find /lib/ /usr/lib/ -name "$library" | head -n 1)
              [[ -z $found ]] || { install -D -m 755 "$found" "$root$found"; libraries "$found"; }
            done
            echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
            if [[ -n $jdk ]]; then
              modules=$("$jdk/bin/java" --list-modules | sed "s/@.*//" | grep "^java" | paste -sd,)
              "$jdk/bin/jlink" --add-modules "$modules,jdk.unsupported,jdk.zipfs,jdk.management" --output "$root/opt/java"
              libraries $(find "$root/opt/java/lib" -name '*.so') "$root/opt/java/bin/java"
            fi
            "${buildah[@]}" config --env PATH=/usr/bin:/opt/java/bin "$container"
            "${buildah[@]}" commit -q "$container" "$image"
            "${buildah[@]}" rm "$container"
            """;

    private final Path folder;

    private Containers(Path folder) {
        this.folder = folder;
    }

    /** Skips the test if the programs are missing or may not be used. */
    static Containers available() throws IOException {
        Program.assumeInstalled("buildah", "podman", "bash", "ldd");
        var containers = new Containers(Files.createTempDirectory("parley-")); // podman requires a short path
        assumeTrue(
                Program.run(containers.buildah("from", "scratch")).code() == 0,
                "buildah is not permitted to make containers here");
        return containers;
    }

    /** Makes a base image with the C library and a shell, and returns its name; skips the test if no container may run. */
    String makeBase() {
        return runnable(makeBase("localhost/base", PROGRAMS, ""));
    }

    /** The same without any program, as the smallest base images are. */
    String makeBaseOfLibraries() {
        return makeBase("localhost/libraries", "", "");
    }

    /** The same with a Java runtime; skips the test if this machine has none that is new enough. */
    String makeBaseWithJava() throws IOException {
        Optional<Path> jdk = jdk();
        assumeTrue(jdk.isPresent(), "no JDK " + JAVA_MIN + " or newer is installed");
        return runnable(makeBase("localhost/jre", PROGRAMS, jdk.get().toString()));
    }

    private String runnable(String image) {
        assumeTrue(
                Program.run(podmanCommand("run", runOptions("--rm", image, "sh", "-c", ":")))
                                .code()
                        == 0,
                "podman is not permitted to run containers here");
        return image;
    }

    private String makeBase(String image, String programs, String jdk) {
        String settings = "buildah=(%s)\nimage=%s\nprograms=\"%s\"\njdk=%s\n"
                .formatted(String.join(" ", buildah()), image, programs, jdk);
        Program.run("bash", "-euo", "pipefail", "-c", settings + BASE).succeeded();
        return image;
    }

    private static Optional<Path> jdk() throws IOException {
        if (Runtime.version().feature() >= JAVA_MIN) {
            return Optional.of(Path.of(System.getProperty("java.home")));
        }
        Path installed = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(installed)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(installed)) {
            return homes.filter(home -> Files.isExecutable(home.resolve("bin/jlink")))
                    .filter(home -> Program.run(home.resolve("bin/jlink").toString(), "--version")
                            .output()
                            .matches("(?s)(2[5-9]|[3-9][0-9])\\D.*"))
                    .max(Comparator.naturalOrder());
        }
    }

    /** Builds {@code image} from a Dockerfile of the repository. */
    void build(String image, String dockerfile, String... buildArguments) {
        List<String> options =
                new ArrayList<>(List.of("bud", "--isolation", "chroot", "--network", "host", "--format", "docker"));
        for (String argument : buildArguments) {
            options.addAll(List.of("--build-arg", argument));
        }
        options.addAll(List.of("-f", dockerfile, "-t", image, "."));
        Program.run(buildah(options.toArray(String[]::new))).succeeded();
    }

    /** Runs podman, which must succeed, and returns what it prints. */
    String podman(String command, String... arguments) {
        return Program.run(podmanCommand(command, arguments)).succeeded().strip();
    }

    private String[] podmanCommand(String command, String... arguments) {
        List<String> options = new ArrayList<>(List.of("--cgroup-manager", "cgroupfs"));
        if (Program.isInstalled("runc")) {
            options.addAll(List.of("--runtime", "runc")); // crun refuses machines with both versions of cgroups
        }
        options.add(command);
        return program("podman", options, arguments);
    }

    /** Runs a container with the network of this machine and a read-only root. */
    String podmanRun(String... arguments) {
        return podman("run", runOptions(arguments));
    }

    private static String[] runOptions(String... arguments) {
        List<String> options = new ArrayList<>(List.of("--network", "host", "--read-only"));
        // Without these, podman asks for more than this process is permitted to have.
        options.addAll(List.of("--ulimit", "nofile=10000:10000", "--ulimit", "nproc=10000:10000"));
        options.addAll(List.of(arguments));
        return options.toArray(String[]::new);
    }

    private String[] buildah(String... arguments) {
        return program("buildah", List.of(), arguments);
    }

    private String[] program(String name, List<String> options, String... arguments) {
        List<String> store = List.of(
                name,
                "--root",
                folder.resolve("root").toString(),
                "--runroot",
                folder.resolve("run").toString());
        return Stream.of(store, options, List.of(arguments))
                .flatMap(List::stream)
                .toArray(String[]::new);
    }

    /** Removes containers, images and their store. */
    @Override
    public void close() throws IOException {
        podman("rm", "--all", "--force", "--time", "0");
        Program.run(buildah("rm", "--all")).succeeded();
        Program.run(buildah("rmi", "--all", "--force")).succeeded();
        Program.run("umount", folder.resolve("root/overlay").toString()); // fails with other storage drivers
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }
}
