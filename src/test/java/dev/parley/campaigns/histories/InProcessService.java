package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.waiting.WaitRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Peers that call the use cases without HTTP: tens of thousands of histories in a minute. */
final class InProcessService implements ServiceUnderTest {
    private static final int REPLY_SECONDS_MAX = 120;

    /** A node: its engine, use cases and waiters. */
    record Node(Database database, Signaling signaling, WaitRegistry feed) {}

    private final List<Node> nodes;

    InProcessService(List<Node> nodes) {
        this.nodes = nodes;
    }

    Node node(int number) {
        return nodes.get(number);
    }

    @Override
    public int nodes() {
        return nodes.size();
    }

    @Override
    public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
        return called(nodes.get(node), key, operation, since)
                .toCompletableFuture()
                .completeOnTimeout(
                        ReplyContext.broken("no reply within " + REPLY_SECONDS_MAX + " s"),
                        REPLY_SECONDS_MAX,
                        TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since) {
        called(nodes.get(node), key, operation, since);
    }

    @Override
    public Held await(int node, SessionKey key, Operation.Follow operation, Freshness since) {
        return new InProcessLongPoll(nodes.get(node), key, operation, since);
    }

    static CompletionStage<ReplyContext> called(Node node, SessionKey key, Operation operation, Freshness since) {
        ReadFrom from = from(since);
        try {
            return InProcessClient.call(node.signaling, key, operation, from)
                    .handle((served, failure) ->
                            failure == null ? reply(served) : refused(failure, node.database.position(from)));
        } catch (SignalingException e) {
            return CompletableFuture.completedStage(refused(e, node.database.position(from)));
        }
    }

    private static ReadFrom from(Freshness since) {
        if (since instanceof Freshness.Bookmarked result) {
            return new ReadFrom.AtLeast(result.bookmark());
        }
        return since instanceof Freshness.Any ? ReadFrom.ANYWHERE : ReadFrom.PRIMARY;
    }

    static ReplyContext reply(Served<OperationResult> served) {
        return new ReplyContext(
                served.result(), served.bookmark(), served.node().primary(), served.reset());
    }

    /** The use cases do not report which node rejected; HTTP adds the position of the node. */
    private static ReplyContext refused(Throwable failure, ReplyPosition standpoint) {
        Throwable cause = Futures.cause(failure);
        return cause instanceof SignalingException refusal
                        && refusal.retryAfter().isEmpty()
                ? new ReplyContext(
                        new OperationResult.Refused(refusal.type()), standpoint.bookmark(), false, standpoint.reset())
                : ReplyContext.broken(cause.toString());
    }

    @Override
    public void close() {
        nodes.forEach(node -> {
            node.feed.close();
            node.database.close();
        });
    }
}
