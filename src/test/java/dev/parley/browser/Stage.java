package dev.parley.browser;

import dev.parley.process.ParleyJar;
import dev.parley.process.RunningParley;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all browser tests share.
 *
 * @param parley the service
 * @param site where the pages are from
 * @param otherSite where pages that have no business with those are from
 */
record Stage(Chromium chromium, RunningParley parley, Site site, Site otherSite) implements AutoCloseable {
    /** Where screenshots and the service's log are left. */
    static final Path FOLDER = Path.of("target", "browser");

    static Stage with(Path chromium) {
        return new Stage(Chromium.launch(chromium), ParleyJar.in(emptyFolder()).start(), Site.open(), Site.open());
    }

    private static Path emptyFolder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(FOLDER), "parley-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        chromium.close();
        site.close();
        otherSite.close();
        parley.close();
    }
}
