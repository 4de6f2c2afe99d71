package dev.parley.packaged.browser;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The processes that all browser tests share.
 *
 * @param parley the service
 * @param site serves the pages
 * @param otherSite serves the same pages from another origin
 * @param coturn the TURN server of the service, or null if coturn is not installed
 */
record BrowserEnvironment(
        Chromium chromium,
        RunningParley parley,
        TestSite site,
        TestSite otherSite,
        @Nullable ServerProcess coturn) implements AutoCloseable {
    static final String TURN_SECRET = "the shared secret of coturn and Parley";

    /** Contains screenshots and the log of the service. */
    static final Path FOLDER = Path.of("target", "browser");

    static BrowserEnvironment with(Path chromium) {
        Path folder = emptyFolder();
        ParleyJar jar = ParleyJar.in(folder);
        ServerProcess coturn =
                Files.isExecutable(ServerProcess.COTURN) ? ServerProcess.coturn(folder, TURN_SECRET) : null;
        RunningParley parley = (coturn == null
                        ? jar
                        : jar.with("PARLEY_ICE_TURN", "turn:127.0.0.1:" + coturn.port() + "?transport=udp")
                                .with("PARLEY_ICE_TURN_SECRET", TURN_SECRET))
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
