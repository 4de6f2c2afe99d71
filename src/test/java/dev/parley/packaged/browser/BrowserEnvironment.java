package dev.parley.packaged.browser;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What all browser tests share.
 *
 * @param parley the service
 * @param site where the pages are from
 * @param otherSite where pages that have no business with those are from
 * @param coturn the TURN server that the service grants, or null where none is installed
 */
record BrowserEnvironment(
        Chromium chromium,
        RunningParley parley,
        TestSite site,
        TestSite otherSite,
        @Nullable Coturn coturn) implements AutoCloseable {
    static final String TURN_SECRET = "what coturn and Parley both know";

    /** Where screenshots and the service's log are left. */
    static final Path FOLDER = Path.of("target", "browser");

    static BrowserEnvironment with(Path chromium) {
        Path folder = emptyFolder();
        ParleyJar jar = ParleyJar.in(folder);
        Coturn coturn = Coturn.installed()
                .map(executable -> Coturn.start(executable, folder, TURN_SECRET))
                .orElse(null);
        RunningParley parley = (coturn == null
                        ? jar
                        : jar.with("PARLEY_ICE_TURN", coturn.uri()).with("PARLEY_ICE_TURN_SECRET", TURN_SECRET))
                .start();
        return new BrowserEnvironment(Chromium.launch(chromium), parley, TestSite.open(), TestSite.open(), coturn);
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
        if (coturn != null) {
            coturn.close();
        }
    }
}
