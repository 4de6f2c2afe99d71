package dev.parley.http.channel;

import dev.parley.access.Credential;
import dev.parley.access.Role;
import dev.parley.http.Json;
import dev.parley.http.QueryParameters;
import dev.parley.http.access.Authenticator.AuthChallenge;
import dev.parley.http.access.Namespaces;
import dev.parley.http.api.Requests;
import dev.parley.http.channel.ChannelWatches.Prepared;
import dev.parley.http.channel.Operation.Field;
import dev.parley.http.filter.Tracing;
import dev.parley.http.observe.AccessLog;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.session.Code;
import dev.parley.session.Lease;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.TopicKey;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served.ReplyPosition;
import io.netty.channel.ChannelHandlerContext;
import io.opentelemetry.api.trace.Span;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection: reads requests, runs them, and sends replies and events.
 *
 * <p>Everything runs on the event loop of the connection, except that operations may complete on threads of the store: completed ones
 * are queued, and the event loop sends their replies. All replies and events of one turn of the event loop are flushed together. Requests
 * on one session form a chain, each of which starts when the one before it is replied to.
 */
final class Channel implements ChannelWatches.Client {
    private static final Logger LOG = Logger.getLogger(Channel.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Longest wait for the client to receive the close frame. */
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private static final long NO_TIMER = -1;

    private final ServerWebSocket socket;
    private final ChannelHandlerContext connection;
    private final ChannelContext services;
    private final Context context;
    private final Outbound outbound;
    private final Heartbeat heartbeat;
    private final ChannelWatches watches;
    private final String address;
    private final @Nullable Credential credential;
    private final @Nullable String authorization;
    private final Runnable onClose;
    private final long pingTimer;

    private final Queue<Request> completed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sending = new AtomicBoolean();

    /** The last request of the chain of each session that has one, by code. */
    private final Map<String, Request> chains = new HashMap<>();

    /** This channel as the holder of leases; 0 until a request takes one. */
    private long holder;

    private boolean gone;
    private @Nullable CloseCode closeCode;
    private Namespace namespace;
    private ReadFrom readFrom = ReadFrom.PRIMARY;
    private boolean first = true;

    /** Whether a request to choose the namespace was refused, and none has succeeded since. */
    private boolean helloRefused;

    private int inFlight;
    private boolean paused;

    /** Whether the replies of completed requests are being sent. */
    private boolean completing;

    private boolean flushing;

    private boolean stopping;
    private boolean closed;
    private long closeTimer = NO_TIMER;
    private @Nullable Buffer partial;
    private long partialNanos;

    /** A request in progress. */
    private static final class Request {
        private final Message message;
        private final long startNanos;
        private final @Nullable Span span;
        private final Prepared watch = new Prepared();
        private IntConsumer lookup = status -> {};
        private @Nullable Reply reply;
        private @Nullable Throwable failure;
        private @Nullable Request next;

        Request(Message message, long startNanos, @Nullable Span span) {
            this.message = message;
            this.startNanos = startNanos;
            this.span = span;
        }

        /** The operation as metrics, logs and traces name it. */
        static String word(Message message) {
            return message.operation() == null || message.refusal() != null
                    ? ChannelMeters.INVALID
                    : message.operation().word();
        }
    }

    /**
     * @param authorization the header that {@code credential} was read from
     * @param onClose called once, when the connection is closed
     */
    Channel(
            ServerWebSocket socket,
            ChannelHandlerContext connection,
            ChannelContext services,
            Context context,
            String address,
            Namespace namespace,
            @Nullable Credential credential,
            @Nullable String authorization,
            Runnable onClose) {
        this.socket = socket;
        this.services = services;
        this.context = context;
        this.connection = connection;
        this.outbound = new Outbound(connection, services.json());
        this.heartbeat =
                new Heartbeat(socket, outbound, services.config().buffer().asLongValue());
        var subscriber = new Subscriber(null, () -> services.authenticator().wouldStillAdmit(authorization));
        this.watches = new ChannelWatches(services, outbound, subscriber, this);
        this.address = address;
        this.namespace = namespace;
        this.credential = credential;
        this.authorization = authorization;
        this.onClose = onClose;
        connection.pipeline().addBefore(connection.name(), null, new ControlFrames(this::receiveAny, this::close));
        socket.frameHandler(this::receive);
        socket.drainHandler(drained -> becomeWritable());
        socket.closeHandler(gone -> end());
        socket.exceptionHandler(broken -> {}); // the connection is closed by whoever found the fault
        connection.channel().closeFuture().addListener(closed -> context.owner().cancelTimer(closeTimer));
        this.pingTimer = context.owner().setPeriodic(services.config().ping().toMillis(), timer -> ping());
    }

    /** Any frame is a sign of life; returns whether pings are replied to. */
    private boolean receiveAny() {
        heartbeat.received();
        return !closed;
    }

    private void receive(WebSocketFrame frame) {
        if (closed) {
            return;
        }
        switch (frame.type()) {
            case TEXT, CONTINUATION -> receivePart(frame);
            case BINARY -> close(CloseCode.BINARY);
            default -> {} // the framework replies to a close, and ControlFrames to pings
        }
    }

    private void receivePart(WebSocketFrame frame) {
        Buffer part = frame.binaryData();
        if (partial != null) {
            part = partial.appendBuffer(part);
        }
        if (part.length() > services.messageBytesMax()) {
            close(CloseCode.TOO_LARGE);
        } else if (!frame.isFinal()) {
            partialNanos = partial == null ? System.nanoTime() : partialNanos;
            partial = partial == null ? Buffer.buffer().appendBuffer(part) : part; // an empty copy would not grow
        } else {
            partial = null;
            accept(part.getBytes());
        }
    }

    private void accept(byte[] utf8) {
        if (!Json.isUtf8(utf8)) {
            close(CloseCode.NOT_UTF8);
            return;
        }
        if (!services.authenticator().wouldStillAdmit(authorization)) {
            close(CloseCode.CREDENTIAL_ENDED);
            return;
        }
        long startNanos = System.nanoTime();
        Message message = services.reader().read(utf8);
        var request = new Request(message, startNanos, services.tracing().startMessage(Request.word(message)));
        inFlight++;
        pauseOrResume();
        String code = chainOf(request.message);
        Request last = code == null ? null : chains.put(code, request);
        if (last == null) {
            start(request);
        } else {
            last.next = request;
        }
    }

    /** The session whose requests are done in order, by its code; or the topic, whose name no code has. */
    private static @Nullable String chainOf(Message message) {
        if (message.refusal() != null) {
            return null;
        }
        if (message.operation() == Operation.OPEN) {
            return message.body() instanceof Requests.Open open ? open.code() : null;
        }
        return message.topic() == null || message.operation() == Operation.FIND
                ? message.code()
                : ' ' + message.topic();
    }

    private void start(Request request) {
        Futures.attempt(() -> run(request)).whenComplete((reply, failure) -> {
            request.reply = reply;
            request.failure = failure;
            completed.add(request);
            if (connection.executor().inEventLoop()) {
                sendCompleted();
            } else {
                sendCompletedSoon();
            }
        });
    }

    private void sendCompletedSoon() {
        if (sending.compareAndSet(false, true)) {
            context.runOnContext(now -> {
                sending.set(false);
                sendCompleted();
            });
        }
    }

    private CompletionStage<Reply> run(Request request) {
        Message message = request.message;
        boolean isHello = message.operation() == Operation.HELLO;
        boolean begins = isHello && (first || helloRefused);
        helloRefused |= begins; // until it succeeds
        services.limits().countMessage(address, credential);
        if (message.refusal() != null) {
            throw message.refusal();
        }
        if (helloRefused && !isHello) {
            throw new Malformed("The operation \"hello\" was refused; repeat it before other requests.");
        }
        if (stopping) {
            throw new Busy("The service is stopping; retry on another channel in a moment.", RETRY_AFTER);
        }
        Operation operation = message.requested();
        if (credential != null && Collections.disjoint(credential.roles(), operation.roles())) {
            return CompletableFuture.completedStage(Reply.refused(AuthChallenge.needing(operation.roles())));
        }
        first = false;
        return switch (operation) {
            case HELLO -> CompletableFuture.completedStage(hello(message, begins));
            case OPEN -> {
                String code = chainOf(message);
                watches.reserve(request.watch, code);
                if (code != null) {
                    watches.prepare(request.watch, new SessionKey(namespace, new Code(code)));
                }
                yield services.operations().open(namespace, lease(message), message);
            }
            case FIND -> services.operations().find(namespace, readFrom(message), message);
            case ICE_SERVERS -> services.operations().iceServers();
            case UNWATCH -> CompletableFuture.completedStage(unwatch(message));
            case WATCH -> message.topic() == null ? runOnSession(request) : watchTopic(request, message.topic());
            default -> runOnSession(request);
        };
    }

    private CompletionStage<Reply> runOnSession(Request request) {
        Message message = request.message;
        if (message.operation() == Operation.WATCH) {
            services.operations().admitWatch(message.code(), null);
        }
        SessionKey key = key(message);
        request.lookup = services.limits().checkLookup(address, key);
        if (message.operation() == Operation.WATCH) {
            watches.reserve(request.watch, message.code());
            watches.prepare(request.watch, key);
        } else if (message.operation() == Operation.ANSWER) {
            watches.reserve(request.watch, message.code());
        }
        Lease lease = lease(message);
        if (lease == null) {
            return services.operations().run(key, readFrom(message), message);
        }
        if (credential != null && !credential.roles().contains(Role.PEER)) {
            return CompletableFuture.completedStage(Reply.refused(AuthChallenge.needing(EnumSet.of(Role.PEER))));
        }
        return services.operations().watch(key, lease, message);
    }

    private @Nullable Lease lease(Message message) {
        Duration time = message.leaseTime();
        if (time == null) {
            return null;
        }
        if (holder == 0) {
            holder = services.leases().leases().newHolder();
        }
        return services.leases().leases().of(holder, time);
    }

    private CompletionStage<Reply> watchTopic(Request request, String topic) {
        readFrom(request.message); // a list is as recent as its reads anyway; the bookmark must be one
        if (topic.isEmpty()) {
            throw new Malformed("topic must not be empty.");
        }
        services.operations().admitWatch(null, topic);
        String tag = QueryParameters.filter(request.message.tag());
        return watches.join(request.watch, new TopicKey(namespace, topic), tag)
                .thenApply(ready -> Reply.of(200, ready.at(topic), null));
    }

    private SessionKey key(Message message) {
        String code = Message.required(Field.CODE, message.code());
        if (!Code.isUnreserved(code)) {
            throw new SessionNotFound();
        }
        return new SessionKey(namespace, new Code(code));
    }

    private ReadFrom readFrom(Message message) {
        return message.bookmark() == null ? readFrom : Operations.readFrom(message.bookmark());
    }

    private Reply hello(Message message, boolean begins) {
        if (!begins) {
            throw new Malformed("The operation \"hello\" must be the first request of a channel.");
        }
        Namespace named =
                message.namespace() == null ? namespace : Namespaces.named(Field.NAMESPACE.json(), message.namespace());
        ReadFrom from = readFrom(message);
        ReplyPosition position = services.database().position(from);
        namespace = credential == null ? named : namespace;
        readFrom = from;
        helloRefused = false;
        return new Reply(204, null, null, position.bookmark(), position.reset(), null, null);
    }

    private Reply unwatch(Message message) {
        if (message.topic() != null) {
            watches.endTopic(message.topic());
        } else {
            watches.endSession(Message.required(Field.CODE, message.code()));
        }
        return Reply.withoutStore(204, null);
    }

    /** Sends the replies of completed requests as long as the client receives them; the others when it has received enough. */
    private void sendCompleted() {
        if (completing) {
            return; // by complete(), which has started the next request of a chain; the loop below sends its reply
        }
        completing = true;
        try {
            for (Request next = nextCompleted(); next != null; next = nextCompleted()) {
                complete(next);
            }
        } finally {
            completing = false;
        }
        flushSoon();
        pauseOrResume();
        if (stopping && inFlight == 0) {
            close(CloseCode.STOPPING);
        }
    }

    private @Nullable Request nextCompleted() {
        return closed || !outbound.isFull() ? completed.poll() : null;
    }

    private void complete(Request request) {
        inFlight--;
        try {
            reply(request);
        } catch (RuntimeException | Error e) { // whoever completes the request would drop it
            LOG.error("A reply could not be sent", e);
            close(CloseCode.FAULT);
        } finally {
            watches.discard(request.watch);
            startNext(request);
        }
    }

    private void startNext(Request request) {
        String code = chainOf(request.message);
        if (request.next != null) {
            start(request.next);
        } else if (code != null) {
            chains.remove(code, request);
        }
    }

    private void reply(Request request) {
        Reply reply = request.reply == null || request.failure != null
                ? Reply.failed(request.failure == null ? new IllegalStateException("No reply") : request.failure)
                : request.reply;
        request.lookup.accept(reply.status());
        if (gone && request.message.leaseTime() != null) {
            endLeases(); // the request may have taken it after the end of the others
        }
        advance(reply.bookmark(), reply.reset());
        int bytes = 0;
        if (!closed) {
            bytes = outbound.reply(request.message.id(), reply);
            if (reply.watch() != null) {
                watches.startSession(request.watch, reply.watch(), request.message.requested() == Operation.WATCH);
            }
            if (!reply.isRefusal()) {
                watches.startTopic(request.watch);
            }
        }
        record(request, reply.status(), bytes);
    }

    private void record(Request request, int status, int bytes) {
        String op = Request.word(request.message);
        services.meters().replied(op, status, System.nanoTime() - request.startNanos);
        if (services.http().accessLogged()) {
            AccessLog.channel(address, op, status, bytes, request.startNanos);
        }
        if (request.span != null) {
            Tracing.endMessage(request.span, status);
        }
    }

    /**
     * After a bookmark was sent, reads are at least as new as the replies of this channel.
     *
     * @param reset whether the former bookmark belongs to another history, with which {@code bookmark} cannot be compared
     */
    private void advance(@Nullable String bookmark, boolean reset) {
        if (bookmark != null
                && (readFrom == ReadFrom.ANYWHERE
                        || (reset && readFrom != ReadFrom.PRIMARY)
                        || (readFrom instanceof ReadFrom.AtLeast atLeast
                                && bookmark.compareTo(atLeast.bookmark().text()) > 0))) {
            readFrom = new ReadFrom.AtLeast(bookmark);
        }
    }

    private void becomeWritable() {
        heartbeat.drained();
        sendCompleted();
        watches.resume();
    }

    @Override
    public void pushed(@Nullable String bookmark) {
        advance(bookmark, false);
        flushSoon();
    }

    /** Sends what this turn of the event loop writes, all of it together. */
    private void flushSoon() {
        if (!flushing) {
            flushing = true;
            context.runOnContext(now -> {
                flushing = false;
                outbound.flush();
            });
        }
    }

    /** Reads no further requests while too many are in progress, or the client does not read their replies. */
    private void pauseOrResume() {
        boolean wait = inFlight >= services.config().inFlight() || outbound.isFull();
        if (closed || wait == paused) {
            return;
        }
        paused = wait;
        // The socket alone would read, and keep, several more messages.
        connection.channel().config().setAutoRead(!wait);
        if (wait) {
            socket.pause();
        } else {
            socket.resume();
        }
    }

    private void ping() {
        if (closed) {
            return;
        }
        if (!services.authenticator().wouldStillAdmit(authorization)) {
            close(CloseCode.CREDENTIAL_ENDED);
        } else if (partial != null && !paused && isLate()) {
            close(CloseCode.LATE);
        } else {
            CloseCode failure = heartbeat.beat(paused);
            if (failure != null) {
                close(failure);
            }
        }
    }

    /** Whether the rest of a message should have arrived. */
    private boolean isLate() {
        return System.nanoTime() - partialNanos > services.http().arrivalMax().toNanos();
    }

    /** Refuses further requests, and closes the channel when those in progress are replied to. */
    void stop() {
        context.runOnContext(now -> {
            stopping = true;
            if (inFlight == 0) {
                close(CloseCode.STOPPING);
            }
        });
    }

    @Override
    public void close(CloseCode code) {
        if (!closed) {
            closed = true;
            release();
            outbound.flush();
            closeCode = code;
            sendCompletedSoon();
            closeTimer = context.owner().setTimer(CLOSE_MAX.toMillis(), late -> abandon());
            socket.close(code.number(), code.reason());
        }
    }

    /** The client has not completed the close. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing depends on it
    private void abandon() {
        connection.close();
    }

    /** The connection is closed, by either side. */
    private void end() {
        closed = true;
        release();
        if (closeTimer == NO_TIMER && connection.channel().isActive()) {
            closeTimer = context.owner().setTimer(CLOSE_MAX.toMillis(), late -> abandon()); // the client may not read
        }
        gone = true;
        sendCompletedSoon();
        services.meters().closed(closeCode);
        endLeases();
        onClose.run();
    }

    private void endLeases() {
        if (holder != 0) {
            services.leases().end(holder);
        }
    }

    private void release() {
        context.owner().cancelTimer(pingTimer);
        watches.end();
        partial = null;
    }
}
