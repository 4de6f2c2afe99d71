package dev.parley.http.channel;

import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.Namespaces;
import dev.parley.http.observe.Upgrade;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.TooManyWaits;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Accepts channels, counts them, and closes them when the service stops. */
@Singleton
public final class Channels {
    private static final Logger LOG = Logger.getLogger(Channels.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final ChannelContext services;
    private final ClientAddresses addresses;
    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> perClient = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private volatile boolean closing;

    Channels(ChannelContext services, ClientAddresses addresses) {
        this.services = services;
        this.addresses = addresses;
    }

    /** The number of open channels. */
    public int size() {
        return total.get();
    }

    /** Whether no trace of any channel remains. */
    boolean isEmpty() {
        return open.isEmpty() && total.get() == 0 && perClient.isEmpty();
    }

    /**
     * Makes the connection of an admitted upgrade request a channel.
     *
     * @throws Busy if the service is stopping, or has the maximum number of channels
     * @throws TooManyWaits if the client has
     */
    void accept(RoutingContext client) {
        HttpServerRequest request = client.request();
        String address = addresses.of(request);
        if (closing || isDraining(request)) {
            throw new Busy("The service is stopping; retry in a moment.", RETRY_AFTER);
        }
        int ofClient = perClient.merge(address, 1, Integer::sum);
        if (total.incrementAndGet() > services.config().total()) {
            leave(address);
            throw new Busy("This server has the maximum number of channels; retry later.", RETRY_AFTER);
        }
        int max = services.config().perClient();
        if (ofClient > max) {
            leave(address);
            throw new TooManyWaits(
                    "This client has the maximum of " + max + " channels; one channel is sufficient for any number"
                            + " of sessions.",
                    RETRY_AFTER);
        }
        Context context = Objects.requireNonNull(Vertx.currentContext());
        Upgrade.complete(client);
        request.toWebSocket()
                .onSuccess(socket -> {
                    try {
                        UpgradedRequest.end(request);
                        begin(client, socket, context, address);
                    } catch (RuntimeException e) {
                        leave(address);
                        request.connection().close();
                        LOG.error("A channel could not be opened", e);
                    }
                })
                .onFailure(refused -> leave(address)); // the framework has replied
    }

    /** Whether the framework closes the connection of this request as soon as it is done, because the service stops soon. */
    private static boolean isDraining(HttpServerRequest request) {
        return request.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true);
    }

    private void begin(RoutingContext client, ServerWebSocket socket, Context context, String address) {
        var registered = new CompletableFuture<Channel>();
        var channel = new Channel(
                socket,
                ((ConnectionBase) client.request().connection()).channelHandlerContext(),
                services,
                context,
                address,
                Namespaces.of(client),
                Authenticator.credential(client),
                client.request().getHeader(HttpHeaders.AUTHORIZATION),
                () -> leave(registered, address));
        open.add(channel);
        registered.complete(channel);
        if (closing) {
            channel.stop();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it does not fail
    private void leave(CompletableFuture<Channel> registered, String address) {
        registered.thenAccept(channel -> {
            leave(address);
            open.remove(channel);
            completeWhenEmpty();
        });
    }

    private void leave(String address) {
        total.decrementAndGet();
        perClient.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
    }

    private void completeWhenEmpty() {
        if (closing && open.isEmpty()) {
            empty.complete(null);
        }
    }

    /**
     * Accepts no more channels, and closes those that are open when their requests are replied to; returns when all are closed, or after
     * two seconds.
     */
    public void close() {
        closing = true;
        completeWhenEmpty();
        open.forEach(Channel::stop);
        empty.completeOnTimeout(null, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
