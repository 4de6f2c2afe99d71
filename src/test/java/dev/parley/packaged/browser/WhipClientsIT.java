package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.RequestOptions;
import dev.parley.FreePort;
import dev.parley.guides.Guide;
import dev.parley.packaged.NpmFolder;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.Program;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unmodified clients meet a page, and the frames of video that arrive are counted: {@code whip-client} of Debian, which uses GStreamer,
 * FFmpeg, and {@code whip-whep}, {@code @eyevinn/whip-web-client}, {@code werift} and {@code node-datachannel} of npm. The pages are
 * {@code src/test/resources/whip}.
 */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // open() fills the fields
class WhipClientsIT {
    private static final String NPM_PACKAGES = """
            {
              "private": true,
              "dependencies": {
                "@eyevinn/whip-web-client": "1.1.7", "esbuild": "0.25.12", "events": "3.3.0", "node-datachannel": "0.33.4",
                "sdp-transform": "2.15.0", "werift": "0.24.4", "whip-whep": "1.2.0"
              }
            }
            """;
    private static final Path FOLDER = Path.of("target/whip-clients");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int FRAMES = 30;

    /** VP8, which each browser decodes, as RTP. */
    private static final String CAMERA = "videotestsrc is-live=true ! video/x-raw,width=320,height=240"
            + " ! vp8enc deadline=1 keyframe-max-dist=15 ! rtpvp8pay pt=96 ssrc=42";

    private static final String CAPABILITIES = "application/x-rtp,media=video,encoding-name=VP8,payload=96";

    private static final String PLAYS =
            "(frames) => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames >= frames";

    @TempDir
    static Path folder;

    private static @Nullable Chromium chromium;
    private static @Nullable RunningParley parley;
    private static @Nullable TestSite site;

    private BrowserContext visitor;
    private String service;

    @BeforeAll
    static void start() throws IOException {
        Path executable = Chromium.installed().orElse(null);
        assumeTrue(executable != null, "No Chromium on the PATH; Debian's package is called chromium");
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve("package.json"), NPM_PACKAGES);
        for (String file : List.of("page.html", "page.js", "libdatachannel.mjs", "werift.mjs", "gupnp_igd.c")) {
            Files.copy(
                    Path.of("src/test/resources/whip", file),
                    FOLDER.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        NpmFolder.install(FOLDER)
                .succeed("node_modules/.bin/esbuild", "page.js", "--bundle", "--format=esm", "--outfile=bundle.js");
        site = TestSite.open(FOLDER);
        int port = FreePort.choose();
        parley = ParleyJar.in(folder)
                .with("PARLEY_WHIP_WAIT", "30s")
                .with("PARLEY_ICE_STUN", "stun:127.0.0.1:9")
                .with("PARLEY_HTTP_PUBLIC_URL", "http://127.0.0.1:" + port) // whip-client resolves no reference
                .startOn(port);
        chromium = Chromium.launch(executable);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (parley != null) {
            parley.close();
        }
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void open() {
        visitor = Objects.requireNonNull(chromium).visitor(new NewContextOptions());
        service = Objects.requireNonNull(parley).uri().toString().replaceAll("/$", "");
    }

    @AfterEach
    void close() {
        visitor.close();
    }

    @Test
    void anEncoderOfNpmTricklesAndStops() {
        Page viewer = serving("npm", "whip");
        Page encoder = page();
        @SuppressWarnings("unchecked") // as page.js has it
        var published = (Map<String, Object>) encoder.evaluate("(url) => encode(url)", service + "/whip/npm");

        assertThat(String.valueOf(published.get("servers"))).contains("stun:127.0.0.1:9");
        awaitFrames(viewer, 0);
        viewer.waitForFunction("() => connections[0].trickled > 0");
        encoder.evaluate("() => client.stop()");
        viewer.waitForFunction("() => connections[0].wasClosed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"encode", "encodeUndeclared"})
    void thePageOfTheGuidePlays(String encode) throws IOException {
        Page viewer = guide();
        page().evaluate("([encode, url]) => globalThis[encode](url)", List.of(encode, viewer.inputValue("#url")));

        viewer.waitForFunction(PLAYS, FRAMES);
    }

    @Test
    void ffmpegStreamsToThePageOfTheGuideAndStops() throws IOException, InterruptedException {
        Program.assumeInstalled("ffmpeg");
        assumeTrue(
                Program.run("ffmpeg", "-hide_banner", "-muxers").succeeded().contains(" whip "),
                "This FFmpeg does not have WHIP; version 8 is the first that has");
        Page viewer = guide();
        var messages = new ArrayList<String>();
        viewer.onConsoleMessage(message -> messages.add(message.text()));
        var command = new ArrayList<>(List.of(("ffmpeg -re -f lavfi -i testsrc=size=320x240:rate=30 -pix_fmt yuv420p"
                        + " -c:v libx264 -profile:v baseline -preset ultrafast -tune zerolatency -g 15 -f whip")
                .split(" ")));
        command.add(viewer.inputValue("#url"));
        Process encoder = launch(new ProcessBuilder(command));
        try {
            viewer.waitForFunction(PLAYS, FRAMES);
            assertThat(messages).hasSize(1);
            String session = "/api/v1/sessions/" + messages.get(0).replaceFirst("streaming ", "");
            assertThat(status(session)).isEqualTo(200);
            Program.run("kill", "-INT", Long.toString(encoder.pid())).succeeded();

            await().atMost(PATIENCE).until(() -> status(session) == 404);
        } finally {
            end(encoder);
        }
    }

    private int status(String path) {
        return visitor.request()
                .get(service + path, RequestOptions.create().setHeader("Parley-Namespace", origin()))
                .status();
    }

    /** The page of the guide, with this service. */
    private Page guide() throws IOException {
        String page = Guide.named("whip.md").block("html").replace("https://parley.example.org", service);
        Files.writeString(FOLDER.resolve("guide.html"), page);
        Page viewer = visitor.newPage();
        viewer.navigate(origin() + "/guide.html");
        viewer.waitForSelector("#code svg");
        return viewer;
    }

    @Test
    void aPlayerOfNpmReceivesAndStops() {
        Page camera = serving("show", "whep");
        Page player = page();
        player.evaluate("(url) => view(url)", service + "/whep/show");

        awaitFrames(player, 0);
        player.evaluate("() => client.stop()");
        camera.waitForFunction("() => connections[0].wasClosed");
    }

    @Test
    void twoEncodersStreamToOnePage() {
        Page viewer = serving("pair", "whip");
        page().evaluate("(url) => encode(url)", service + "/whip/pair");
        page().evaluate("(url) => encode(url)", service + "/whip/pair");

        awaitFrames(viewer, 0);
        awaitFrames(viewer, 1);
    }

    @Test
    void theEncoderReconnectsWhenTheViewerReloads() {
        Page viewer = serving("reload", "whip");
        Page encoder = page();
        encoder.evaluate("(url) => { globalThis.url = url; keepEncoding(url); }", service + "/whip/reload");
        awaitFrames(viewer, 0);
        viewer.evaluate("() => connections.forEach((pc) => pc.close())");
        viewer.reload();
        viewer.waitForSelector("body[data-ready]");
        serve(viewer, "reload", "whip");

        awaitFrames(viewer, 0);
    }

    @Test
    void anEncoderOfEyevinnStreams() {
        Page viewer = serving("eyevinn", "whip");
        Page encoder = page();
        encoder.evaluate("(url) => encodeEyevinn(url)", service + "/whip/eyevinn");

        awaitFrames(viewer, 0);
        encoder.evaluate("() => client.destroy()");
        viewer.waitForFunction("() => connections[0].wasClosed");
    }

    @ParameterizedTest
    @CsvSource({"werift, true", "libdatachannel, false"})
    void anEncoderInNodeStreamsAndStops(String library, boolean trickles) throws IOException, InterruptedException {
        Program.assumeInstalled("gst-launch-1.0");
        Page viewer = serving(library, "whip");
        int port = FreePort.choose();
        Process encoder =
                launch(new ProcessBuilder("node", library + ".mjs", endpoint(library), Integer.toString(port)));
        Process camera = launch(new ProcessBuilder(
                ("gst-launch-1.0 -q " + CAMERA + " ! udpsink host=127.0.0.1 port=" + port).split(" ")));
        try {
            awaitFrames(viewer, encoder);
            assertThat((boolean) viewer.evaluate("() => connections[0].trickled > 0"))
                    .isEqualTo(trickles);
            encoder.getOutputStream().close();
            viewer.waitForFunction("() => connections[0].wasClosed");
        } finally {
            camera.destroy();
            end(encoder);
        }
    }

    @Test
    void gstreamerTricklesAndStops() throws IOException, InterruptedException {
        Program.assumeInstalled("whip-client", "gcc");
        Path libraries = Files.createDirectories(FOLDER.resolve("lib"));
        Program.run(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-o",
                        libraries.resolve("libgupnp-igd-1.0.so.4").toString(),
                        FOLDER.resolve("gupnp_igd.c").toString())
                .succeeded();
        Page viewer = serving("gst", "whip");
        var command =
                new ProcessBuilder("whip-client", "-u", endpoint("gst"), "-V", CAMERA + " ! queue ! " + CAPABILITIES);
        command.environment().put("LD_LIBRARY_PATH", libraries.toAbsolutePath().toString());
        Process encoder = launch(command);
        try {
            awaitFrames(viewer, encoder);
            assertThat((int) viewer.evaluate("() => connections[0].trickled")).isPositive();
            Program.run("kill", "-INT", Long.toString(encoder.pid())).succeeded();
            viewer.waitForFunction("() => connections[0].wasClosed");
        } finally {
            end(encoder);
        }
    }

    private String endpoint(String topic) {
        return service + "/whip/" + topic + "?namespace=" + origin();
    }

    private static Process launch(ProcessBuilder command) throws IOException {
        return command.directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        FOLDER.resolve(command.command().get(0) + ".log").toFile())
                .start();
    }

    /** By force, since whip-client may hang while it stops. */
    private static void end(Process encoder) throws InterruptedException {
        encoder.destroyForcibly().waitFor();
    }

    private static void awaitFrames(Page page, Process encoder) {
        await().atMost(PATIENCE)
                .failFast("The encoder has ended; see " + FOLDER, () -> !encoder.isAlive())
                .until(() -> frames(page, 0) >= FRAMES);
    }

    private Page serving(String topic, String tag) {
        Page page = page();
        serve(page, topic, tag);
        return page;
    }

    private void serve(Page page, String topic, String tag) {
        page.evaluate("([service, topic, tag]) => { serve(service, topic, tag); }", List.of(service, topic, tag));
    }

    private Page page() {
        Page page = visitor.newPage();
        page.navigate(origin() + "/page.html");
        page.waitForSelector("body[data-ready]");
        return page;
    }

    private static String origin() {
        return Objects.requireNonNull(site).origin();
    }

    private static void awaitFrames(Page page, int connection) {
        await().atMost(PATIENCE).until(() -> frames(page, connection) >= FRAMES);
    }

    private static int frames(Page page, int connection) {
        try {
            return (int) page.evaluate("(i) => frames(i)", connection);
        } catch (PlaywrightException reloading) {
            return 0;
        }
    }
}
