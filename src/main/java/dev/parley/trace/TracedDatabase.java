package dev.parley.trace;

import dev.parley.session.SignalingException;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplyPosition;
import dev.parley.store.Served;
import dev.parley.store.Work;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Adds a span for each transaction: from the call to the commit, with an event {@code began} when it leaves the queue. */
public final class TracedDatabase implements Database {
    private static final AttributeKey<String> NODE = AttributeKey.stringKey("parley.node");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final String BEGAN = "began";

    private final Database database;
    private final Tracing tracing;

    public TracedDatabase(Database database, Tracing tracing) {
        this.database = database;
        this.tracing = tracing;
    }

    @Override
    public <T> CompletionStage<Served<T>> write(Work<T> work) {
        Span span = tracing.startTransaction("write");
        return ended(span, database.write(observed(span, work)));
    }

    @Override
    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
        Span span = tracing.startTransaction("read");
        return ended(span, database.read(from, observed(span, work)));
    }

    @Override
    public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
        Span span = tracing.startTransaction("scan");
        return ended(span, database.scan(from, observed(span, work)));
    }

    private static <T> Work<T> observed(Span span, Work<T> work) {
        return tx -> {
            span.addEvent(BEGAN);
            return work.on(tx);
        };
    }

    private static <T> CompletionStage<Served<T>> ended(Span span, CompletionStage<Served<T>> stage) {
        return stage.whenComplete((served, failure) -> {
            if (served != null) {
                span.setAttribute(NODE, served.node().name());
            } else {
                recordFailure(span, failure);
            }
            span.end();
        });
    }

    /** A refusal is a result, and only its type is recorded: the message of a failure may contain data of a session. */
    private static void recordFailure(Span span, Throwable failure) {
        if (Futures.cause(failure) instanceof SignalingException refusal) {
            span.setAttribute(ERROR, refusal.type());
        } else {
            span.setAttribute(ERROR, "fault");
            span.setStatus(StatusCode.ERROR);
        }
    }

    @Override
    public boolean takeRoom(long bytes) {
        return database.takeRoom(bytes);
    }

    @Override
    public ReplyPosition position(ReadFrom from) {
        return database.position(from);
    }

    @Override
    public List<NodeState> nodes() {
        return database.nodes();
    }

    @Override
    public void close() {
        database.close();
    }
}
