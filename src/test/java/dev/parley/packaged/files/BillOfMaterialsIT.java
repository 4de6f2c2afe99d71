package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.packaged.ParleyJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The bill of materials lists what is packaged. */
class BillOfMaterialsIT {
    private static final Path BILL = Path.of("target/parley-sbom.json");
    private static final Path LIBRARIES = Path.of("target/quarkus-app/lib");

    private static JsonNode components() throws IOException {
        assumeTrue(Files.exists(BILL), "a build that is offline makes no bill of materials");
        return new ObjectMapper().readTree(Files.readString(BILL)).required("components");
    }

    @Test
    void everyShippedLibraryIsListed() throws IOException {
        ParleyJar.assumeJar();
        Set<String> listed = new TreeSet<>();
        for (JsonNode component : components()) {
            listed.add(component.path("group").textValue() + "."
                    + component.path("name").textValue() + "-"
                    + component.path("version").textValue() + ".jar");
        }
        List<String> ships;
        try (Stream<Path> files = Files.walk(LIBRARIES)) {
            ships = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }

        assertThat(ships).hasSizeGreaterThan(100);
        assertThat(listed).containsAll(ships);
    }

    @Test
    void everyShippedLibraryNamesItsLicence() throws IOException {
        for (JsonNode component : components()) {
            assertThat(component.path("licenses"))
                    .as(component.path("purl").textValue())
                    .isNotEmpty();
        }
    }
}
