package dev.parley.packaged.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The installed Firefox without a display, driven by WebDriver BiDi: Playwright needs a Firefox of its own. */
final class Firefox implements AutoCloseable {
    private static final Path EXECUTABLE = Path.of("/usr/bin/firefox-esr");
    private static final Pattern LISTENING = Pattern.compile("WebDriver BiDi listening on (ws://\\S+)");
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The loopback is a candidate, as in {@link Chromium}. */
    private static final String PREFERENCES = """
            user_pref("media.peerconnection.ice.loopback", true);
            user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
            user_pref("browser.shell.checkDefaultBrowser", false);
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("app.update.auto", false);
            """;

    private final Process process;
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final WebSocket socket;

    private Firefox(Process process, String address) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address + "/session"), new Replies())
                .join();
        call("session.new", Map.of("capabilities", Map.of()));
    }

    static boolean isInstalled() {
        return Files.isExecutable(EXECUTABLE);
    }

    static Firefox launch(Path profile) {
        try {
            Files.writeString(profile.resolve("user.js"), PREFERENCES);
            Path log = profile.resolve("firefox.log");
            Process process = new ProcessBuilder(
                            EXECUTABLE.toString(),
                            "--headless",
                            "--no-remote",
                            "--profile",
                            profile.toString(),
                            "--remote-debugging-port",
                            "0")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            String address = Awaitility.await("Firefox listens")
                    .atMost(WAIT_MAX)
                    .failFast("Firefox has ended", () -> !process.isAlive())
                    .until(() -> address(Files.readString(log, UTF_8)), Optional::isPresent)
                    .orElseThrow();
            return new Firefox(process, address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> address(String log) {
        return Optional.of(LISTENING.matcher(log)).filter(Matcher::find).map(found -> found.group(1));
    }

    /** A page in a window of its own, since Firefox slows the timers of tabs in the background down. */
    Tab open(String url) {
        JsonNode created = call("browsingContext.create", Map.of("type", "window"));
        return new Tab(created.path("context").asText()).navigate(url);
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        var reply = new CompletableFuture<JsonNode>();
        calls.put(id, reply);
        try {
            socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
                    .join();
            JsonNode message =
                    reply.orTimeout(WAIT_MAX.toSeconds(), TimeUnit.SECONDS).join();
            if (message.has("error")) {
                throw new AssertionError(method + ": " + message.path("message").asText());
            }
            return message.path("result");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    /** A page that is controlled by a test. */
    final class Tab {
        private final String id;

        private Tab(String id) {
            this.id = id;
        }

        Tab navigate(String url) {
            call("browsingContext.navigate", Map.of("context", id, "url", url, "wait", "complete"));
            await("document.body.dataset.ready");
            return this;
        }

        /** The JSON of {@code expression}, which may be a promise. */
        JsonNode value(String expression) {
            JsonNode result = call(
                    "script.evaluate",
                    Map.of(
                            "expression",
                            "(async () => JSON.stringify((await (" + expression + ")) ?? null))()",
                            "target",
                            Map.of("context", id),
                            "awaitPromise",
                            true));
            if (result.path("type").asText().equals("exception")) {
                throw new AssertionError(expression + ": "
                        + result.path("exceptionDetails").path("text").asText());
            }
            try {
                return JSON.readTree(result.path("result").path("value").asText());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Waits until {@code condition}, an expression, holds. */
        void await(String condition) {
            value("(async () => { while (!(await (" + condition
                    + "))) await new Promise((go) => setTimeout(go, 20)); })()");
        }
    }

    private final class Replies implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    JsonNode message = JSON.readTree(text.toString());
                    CompletableFuture<JsonNode> reply =
                            calls.remove(message.path("id").asInt());
                    if (reply != null) {
                        reply.complete(message);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }
}
