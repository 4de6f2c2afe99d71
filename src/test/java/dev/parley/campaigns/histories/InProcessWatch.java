package dev.parley.campaigns.histories;

import dev.parley.http.wait.SessionFeed;
import dev.parley.http.wait.SessionFeed.End;
import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.http.wait.TestFeeds;
import dev.parley.session.SessionKey;
import dev.parley.waiting.EventBatch;
import dev.parley.waiting.TestWaitRegistries;
import io.vertx.core.Context;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Watches the sessions that one peer opens and answers under a code, one after another, as the channel does. */
final class InProcessWatch {
    private final InProcessService.Node node;
    private final SessionKey key;
    private final UnaryOperator<Sink> fault;
    private final PushLog log;
    private final Context loop = TestWaitRegistries.newLoop();
    private @Nullable SessionFeed feed;
    private String incarnation = "";

    /** @param number of the node */
    InProcessWatch(InProcessService.Node node, int number, SessionKey key, UnaryOperator<Sink> fault) {
        this.node = node;
        this.key = key;
        this.fault = fault;
        this.log = new PushLog(Thread.currentThread().getName(), number, this::close);
    }

    PushLog log() {
        return log;
    }

    /** The reply to an opening or an answer. */
    void joined(OperationResult.Joined joined) {
        String session = PushLog.incarnation(String.valueOf(joined.tag()));
        TestWaitRegistries.onLoop(loop, () -> {
            if (feed == null || !session.equals(incarnation)) {
                end();
                begin(session, joined);
            }
            return true;
        });
    }

    private void begin(String session, OperationResult.Joined joined) {
        incarnation = session;
        log.joined(joined, joined.seq());
        Sink sink = fault.apply(new Receiver());
        SessionFeed begun = TestFeeds.open(node.signaling(), node.feed(), key, sink);
        feed = begun;
        begun.start(Long.parseLong(session), joined.seq(), null);
    }

    private void end() {
        if (feed != null) {
            feed.close();
            feed = null;
            log.end();
        }
    }

    private void close() {
        TestWaitRegistries.onLoop(loop, () -> {
            end();
            return true;
        });
    }

    private final class Receiver implements Sink {
        @Override
        public void deliver(SessionFeed from, EventBatch batch) {
            log.received(batch.events().stream().map(DomainMapping::observed).toList());
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void ended(SessionFeed from, End why) {
            end();
        }
    }
}
