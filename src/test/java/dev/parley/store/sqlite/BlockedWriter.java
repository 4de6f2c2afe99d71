package dev.parley.store.sqlite;

import dev.parley.contract.Awaited;
import dev.parley.store.Served;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps the writer busy until it is released, so that what is written meanwhile lines up and shares the next batch. */
final class BlockedWriter implements AutoCloseable {
    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Void> release = new CompletableFuture<>();
    private final CompletionStage<Served<String>> stage;

    BlockedWriter(SqliteDatabase database) {
        stage = database.write(tx -> {
            running.complete(null);
            release.join(); // which no interrupt wakes, and closing the lane interrupts its thread
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
