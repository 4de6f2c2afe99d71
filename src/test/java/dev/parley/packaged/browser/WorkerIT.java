package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers have no RTCPeerConnection; the rest of parley.js works in them. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class WorkerIT {
    private static final String NOT_THERE =
            "TypeError: This needs an RTCPeerConnection, or a function that returns one;"
                    + " workers and Node have none of their own.";

    @ParameterizedTest
    @ValueSource(strings = {"Worker", "SharedWorker"})
    void aWorkerWatchesATopic(String kind, Pages pages) {
        ClientPage page = pages.openClient(kind);
        page.page().evaluate("""
                ([kind, topic]) => {
                  const worker = new window[kind](`worker.js?${new URLSearchParams({ service, topic })}`, { type: "module" });
                  window.seen = new Promise((resolve) => {
                    (worker.port ?? worker).onmessage = ({ data }) => resolve(data);
                    worker.onerror = ({ message }) => resolve({ failure: message ?? "the worker did not start" });
                  });
                }
                """, List.of(kind, "for a " + kind));
        page.with(Map.of()).host(Map.of("topic", "for a " + kind, "peerId", "page"));

        assertThat(page.value("seen"))
                .isEqualTo(Map.of(
                        "found",
                        List.of("page"),
                        "transports",
                        List.of("channel"),
                        "topics",
                        List.of(1),
                        "iceServers",
                        true,
                        "room",
                        NOT_THERE,
                        "host",
                        NOT_THERE));
    }
}
