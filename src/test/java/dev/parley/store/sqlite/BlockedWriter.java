package dev.parley.store.sqlite;

import dev.parley.contract.Awaited;
import dev.parley.store.Served;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Blocks the writer until it is released, so that later writes queue up and share the next batch. */
final class BlockedWriter implements AutoCloseable {
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Void> release = new CompletableFuture<>();
    private final CompletionStage<Served<String>> stage;

    BlockedWriter(SqliteDatabase database) {
        stage = database.write(tx -> {
            running.complete(null);
            release.join(); // not interruptible, and closing the lane interrupts its thread
            return "held";
        });
        running.join();
    }

    void release() {
        release.complete(null);
        Awaited.result(stage);
    }

    @Override
    public void close() {
        release.complete(null);
    }
}
