package dev.parley.packaged;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with a {@code package.json}, whose dependencies are installed, and in which programs run. */
public record NpmFolder(Path path) {
    /** The npm package that the build makes of the browser client. */
    private static final Path CLIENT = Path.of("target/parley-client").toAbsolutePath();

    /** Skips the test without Node 20 or npm. */
    public static void assumeNode() {
        Program.assumeInstalled("node", "npm");
        assumeTrue(
                Program.succeeds("node", "--eval", "process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)"),
                "node is older than 20");
    }

    /** Installs the dependencies that {@code folder} does not have yet. Skips the test without a registry. */
    public static NpmFolder install(Path folder) {
        assumeNode();
        var npm = new NpmFolder(folder.toAbsolutePath());
        // npm would keep an older build of the client, which has the same version.
        npm.succeed("rm", "-rf", "node_modules/parley-client", "node_modules/.package-lock.json");
        Program install = npm.run("npm", "install", "--prefer-offline", "--no-package-lock", "--no-audit", "--no-fund");
        assumeThat(install.code())
                .as("npm can fetch the packages: %s", install.output())
                .isZero();
        return npm;
    }

    /** Packs the browser client into {@code folder}; returns the package. */
    public static Path packClient(Path folder) throws IOException {
        assumeNode();
        Files.createDirectories(folder);
        String name = new NpmFolder(CLIENT)
                .succeed(
                        "npm",
                        "pack",
                        "--silent",
                        "--pack-destination",
                        folder.toAbsolutePath().toString())
                .strip();
        return folder.resolve(name).toAbsolutePath();
    }

    /** Returns the output of a program that must succeed. */
    public String succeed(String... command) {
        return run(command).succeeded();
    }

    private Program run(String... command) {
        return Program.run(new ProcessBuilder(command).directory(path.toFile()));
    }
}
