package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.LogCapture;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A failed reload of the keys is logged once, unless the outage of the primary is already logged. */
class KeyReloadTest {
    @Test
    void aFailedReloadIsLoggedOnceUnlessThePrimaryIsOut() {
        try (LogCapture log = LogCapture.at(ApiKeys.class.getName())) {
            reloadTwice(false);
            assertThat(log.messages()).isEmpty();

            reloadTwice(true);
            assertThat(log.messages()).singleElement().asString().contains("the known ones stay valid", "no answer");
        }
    }

    private static void reloadTwice(boolean serving) {
        var keyring = new ApiKeys();
        Database database = failing(serving);
        keyring.reload(database).toCompletableFuture().join();
        keyring.reload(database).toCompletableFuture().join();
    }

    private static Database failing(boolean serving) {
        var state =
                new NodeState(new Node("main", "here", true), serving, serving ? "up" : "failing", 0, Duration.ZERO, 0);
        return (Database) Proxy.newProxyInstance(
                Database.class.getClassLoader(), new Class<?>[] {Database.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("nodes")) {
                        return List.of(state);
                    }
                    return CompletableFuture.failedFuture(new StoreUnavailable("no answer", Duration.ofSeconds(1)));
                });
    }
}
