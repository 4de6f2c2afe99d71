package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Peers that call running nodes over channels, of which each has one to each node: calls, and watches for waits. What the channel does
 * not have, they call over HTTP.
 */
final class ChannelService implements ServiceUnderTest {
    private final List<URI> nodes;
    private final HttpService http;
    private final ConcurrentHashMap<Place, PeerChannel> channels = new ConcurrentHashMap<>();

    /** @param peer its thread */
    private record Place(Thread peer, int node, SessionKey key) {}

    ChannelService(List<URI> nodes) {
        this.nodes = nodes;
        this.http = new HttpService(nodes);
    }

    @Override
    public int nodes() {
        return nodes.size();
    }

    private PeerChannel channel(int node, SessionKey key) {
        return channels.computeIfAbsent(
                new Place(Thread.currentThread(), node, key), place -> new PeerChannel(nodes.get(node), node, key));
    }

    @Override
    public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
        String word = PeerChannel.word(operation);
        return word == null
                ? http.call(node, key, operation, since)
                : channel(node, key).call(word, operation, since);
    }

    /** The connection ends with all that its peer watches. */
    @Override
    public void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since) {
        String word = PeerChannel.word(operation);
        if (word == null) {
            http.callAndHangUp(node, key, operation, since);
        } else {
            channel(node, key).callAndHangUp(word, operation, since);
            channels.remove(new Place(Thread.currentThread(), node, key));
        }
    }

    @Override
    public Held await(int node, SessionKey key, Operation.Follow operation, Freshness since) {
        String incarnation = incarnation(session(node, key));
        CompletableFuture<ReplyContext> reply = channel(node, key).watch(operation, since);
        return new Held() {
            @Override
            public CompletableFuture<ReplyContext> reply() {
                return reply;
            }

            @Override
            public void timeUp() {
                if (!reply.isDone()) {
                    var now = new Operation.Follow(operation.after(), operation.limit(), false);
                    reply.complete(http.call(node, key, now, since));
                }
            }

            /** Only if the session is certainly the one of the begin of the wait; another session may have its code since. */
            @Override
            public boolean isOwedNews() {
                OperationResult now = session(node, key);
                return now instanceof OperationResult.Seen seen
                        && incarnation(now).equals(incarnation)
                        && seen.seq() > operation.after();
            }
        };
    }

    @Override
    public Optional<Watched> watch(int node, SessionKey key, int topic) {
        var list = new Operation.Find(Operation.Listing.SESSIONS, topic);
        return Optional.of(new ChannelTopic(
                nodes.get(node),
                key,
                DomainMapping.topic(key, topic),
                () -> http.called(node, key, list, new Freshness.Latest())
                        .join()
                        .body()));
    }

    private OperationResult session(int node, SessionKey key) {
        return http.call(node, key, new Operation.ReadSession(), new Freshness.Latest())
                .result();
    }

    /** Empty if there is no session. */
    private static String incarnation(OperationResult session) {
        return session.tag() == null ? "" : PushLog.incarnation(session.tag());
    }

    @Override
    public List<PushLog> pushes(SessionKey key) {
        var logs = new ArrayList<PushLog>();
        channels.forEach((place, channel) -> {
            if (place.key().equals(key) && channels.remove(place, channel)) {
                logs.add(channel.log());
            }
        });
        return logs;
    }

    @Override
    public void close() {
        channels.values().forEach(PeerChannel::close);
    }
}
