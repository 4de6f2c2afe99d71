package dev.parley.campaigns.histories;

import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.http.wait.TopicFeed;
import dev.parley.http.wait.TopicView;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Identified;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.TopicKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.waiting.WaitRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Peers that call the use cases without HTTP: tens of thousands of histories in a minute. */
final class InProcessService implements ServiceUnderTest {
    private static final int REPLY_SECONDS_MAX = 120;
    private static final int LISTED_MAX = 1_000;

    /** A node: its engine, use cases and waiters. */
    record Node(Database database, Signaling signaling, WaitRegistry feed, TopicFeed topics, InstantSource clock) {
        static Node over(Database database, Signaling signaling, WaitRegistry feed, InstantSource clock) {
            return new Node(database, signaling, feed, TopicView.feed(signaling, feed, clock), clock);
        }
    }

    /** A peer watches what it opens and answers. */
    private record Place(Thread peer, int node, SessionKey key) {}

    private final List<Node> nodes;
    private final UnaryOperator<Sink> pushes;
    private final ConcurrentHashMap<Place, InProcessWatch> watches = new ConcurrentHashMap<>();

    /** @param pushes replaces what receives events */
    InProcessService(List<Node> nodes, UnaryOperator<Sink> pushes) {
        this.nodes = nodes;
        this.pushes = pushes;
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
        ReplyContext reply = called(nodes.get(node), key, operation, since)
                .toCompletableFuture()
                .completeOnTimeout(
                        ReplyContext.broken("no reply within " + REPLY_SECONDS_MAX + " s"),
                        REPLY_SECONDS_MAX,
                        TimeUnit.SECONDS)
                .join();
        boolean watches = operation instanceof Operation.Open || operation instanceof Operation.Answer;
        if (watches && reply.result() instanceof OperationResult.Joined joined) {
            watch(node, key).joined(joined);
        }
        return reply;
    }

    private InProcessWatch watch(int node, SessionKey key) {
        return watches.computeIfAbsent(
                new Place(Thread.currentThread(), node, key),
                place -> new InProcessWatch(nodes.get(node), node, key, pushes));
    }

    @Override
    public List<PushLog> pushes(SessionKey key) {
        var logs = new ArrayList<PushLog>();
        watches.forEach((place, watch) -> {
            if (place.key().equals(key) && watches.remove(place, watch)) {
                logs.add(watch.log());
            }
        });
        return logs;
    }

    @Override
    public void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since) {
        called(nodes.get(node), key, operation, since);
    }

    @Override
    public Held await(int node, SessionKey key, Operation.Follow operation, Freshness since) {
        return new InProcessLongPoll(nodes.get(node), key, operation, since);
    }

    @Override
    public Optional<Watched> watch(int node, SessionKey key, int topic) {
        Node at = nodes.get(node);
        return Optional.of(new WatchedTopic(at, new TopicKey(key.namespace(), DomainMapping.topic(key, topic))));
    }

    private static final class WatchedTopic implements Watched {
        private final Node node;
        private final TopicKey topic;
        private final TopicView view;

        private WatchedTopic(Node node, TopicKey topic) {
            this.node = node;
            this.topic = topic;
            this.view = TopicView.of(node.topics, topic);
        }

        /** The time of the test is too fast for the timers of expiry, so what has expired does not count. */
        @Override
        public Optional<String> difference() {
            List<Listing> listed =
                    node.signaling.listed(topic, LISTED_MAX).toCompletableFuture().join().result().stream()
                            .map(Identified::listing)
                            .toList();
            List<Listing> seen = view.live(node.clock.instant());
            if (!view.contradictions().isEmpty()) {
                return Optional.of(view.contradictions().toString());
            }
            return Set.copyOf(seen).equals(Set.copyOf(listed))
                    ? Optional.empty()
                    : Optional.of("received " + seen + ", and listed are " + listed);
        }

        @Override
        public void close() {
            view.close();
        }
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
