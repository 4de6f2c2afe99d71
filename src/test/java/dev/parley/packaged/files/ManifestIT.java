package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.ParleyJar;
import java.io.IOException;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The manifest of the packaged jar. */
class ManifestIT {
    @Test
    void nativeCodeLoadsWithoutAWarning() throws IOException {
        ParleyJar.assumeJar();
        try (var jar = new JarFile("target/quarkus-app/quarkus-run.jar")) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Enable-Native-Access"))
                    .isEqualTo("ALL-UNNAMED");
        }
    }
}
