package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The npm package {@code parley-client} that the build assembles. Skipped without Node and npm. */
class ClientPackageIT {
    private static final Path BUILT = Path.of("target/parley-client");
    private static final Path FOLDER = Path.of("target/client-package");
    private static final Path SOURCES = Path.of("src/test/resources/client-package");

    private static String packed = "";

    @BeforeAll
    static void pack() throws IOException {
        packed = NpmFolder.packClient(FOLDER).toString();
        Files.writeString(FOLDER.resolve("package.json"), """
                {
                  "private": true,
                  "type": "module",
                  "dependencies": {"parley-client": "file:%s", "typescript": "5.9.3"}
                }
                """.formatted(packed));
    }

    @Test
    void thePackageContainsTheBundleItsTypesAndItsSourceMap() throws IOException {
        String files = new NpmFolder(FOLDER).succeed("tar", "-tzf", packed);

        assertThat(files.lines())
                .containsExactlyInAnyOrder(
                        "package/LICENSE",
                        "package/README.md",
                        "package/package.json",
                        "package/parley.d.ts",
                        "package/parley.js",
                        "package/parley.js.map");
    }

    /** So a debugger shows the modules although the package does not contain them. */
    @Test
    void theSourceMapContainsTheModules() throws IOException {
        JsonNode map =
                new ObjectMapper().readTree(BUILT.resolve("parley.js.map").toFile());

        assertThat(map.required("sources").valueStream().map(JsonNode::textValue))
                .contains("src/parley.js", "src/session.js")
                .allMatch(source -> source.startsWith("src/"));
        assertThat(map.required("sourcesContent")).hasSameSizeAs(map.required("sources"));
        assertThat(Files.readString(BUILT.resolve("parley.js"))).endsWith("//# sourceMappingURL=parley.js.map\n");
    }

    @Test
    void theModuleLoadsInNode() {
        assertThat(installed()
                        .succeed(
                                "node",
                                "--input-type=module",
                                "--eval",
                                "import { Parley } from 'parley-client';"
                                        + "console.log(new Parley('http://127.0.0.1:8080').getBookmark())"))
                .isEqualTo("null\n");
    }

    @Test
    void theTypesDeclareWhatTheModuleExports() throws IOException {
        NpmFolder folder = installed();
        copy("declared.mjs");

        assertThat(folder.succeed("node", "declared.mjs")).isBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nodenext", "bundler"})
    void theTypesCompileUnderStrictRules(String resolution) throws IOException {
        NpmFolder folder = installed();
        copy("usage.ts");

        folder.succeed(
                "node_modules/.bin/tsc",
                "--noEmit",
                "--strict",
                "--exactOptionalPropertyTypes",
                "--noUncheckedIndexedAccess",
                "--noPropertyAccessFromIndexSignature",
                "--target",
                "es2022",
                "--lib",
                "es2022,dom",
                "--module",
                resolution.equals("nodenext") ? "nodenext" : "esnext",
                "--moduleResolution",
                resolution,
                "usage.ts");
    }

    private static NpmFolder installed() {
        return NpmFolder.install(FOLDER);
    }

    private static void copy(String source) throws IOException {
        Files.copy(SOURCES.resolve(source), FOLDER.resolve(source), StandardCopyOption.REPLACE_EXISTING);
    }
}
