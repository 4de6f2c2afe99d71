package dev.parley.http.wait;

import static org.awaitility.Awaitility.await;

import dev.parley.contract.MovableClock;
import dev.parley.http.EventSource;
import dev.parley.waiting.WaitRegistry;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of event streams share: nobody waits at the beginning, and their streams are closed at the end. */
abstract class StreamTestBase {
    @Inject
    WaitRegistry registry;

    @Inject
    MovableClock clock;

    private final List<EventSource> opened = new ArrayList<>();

    @BeforeEach
    void nobodyWaits() {
        await().until(() -> registry.size() == 0);
    }

    @AfterEach
    void closeConnections() throws IOException {
        for (EventSource stream : opened) {
            stream.close();
        }
    }

    /** Closes {@code stream} at the end. */
    final EventSource kept(EventSource stream) {
        opened.add(stream);
        return stream;
    }
}
