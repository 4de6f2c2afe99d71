package dev.parley.campaigns.histories;

import dev.parley.session.SessionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Peers that call running nodes over HTTP: bookmarks, tokens and entity tags in headers, waits by {@code Prefer}, and cut
 * connections.
 */
final class HttpService implements ServiceUnderTest {
    private static final HttpClient CALLS = client();

    /** Separate, because a cut may hit a connection that its client has just reused. */
    private static final HttpClient WAITS = client();

    private final List<URI> nodes;

    HttpService(List<URI> nodes) {
        this.nodes = nodes;
    }

    @Override
    public int nodes() {
        return nodes.size();
    }

    @Override
    public ReplyContext call(int node, SessionKey key, Operation operation, Freshness since) {
        return called(node, key, operation, since)
                .thenApply(response -> HttpOperationResult.read(key, operation, response))
                .exceptionally(failure -> ReplyContext.broken(failure.toString()))
                .join();
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    CompletableFuture<HttpResponse<String>> called(int node, SessionKey key, Operation operation, Freshness since) {
        HttpClient client = operation instanceof Operation.Follow follow && follow.waits() ? WAITS : CALLS;
        return client.sendAsync(
                OperationRequest.of(key, operation, since).to(nodes.get(node)), BodyHandlers.ofString());
    }

    /** Sends the whole request and closes the connection before the reply. */
    @Override
    public void callAndHangUp(int node, SessionKey key, Operation operation, Freshness since) {
        URI place = nodes.get(node);
        try (var connection = new Socket(place.getHost(), place.getPort())) {
            connection
                    .getOutputStream()
                    .write(OperationRequest.of(key, operation, since).bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Held await(int node, SessionKey key, Operation.Follow operation, Freshness since) {
        return new HttpLongPoll(this, node, key, operation, since);
    }

    /** Only in process. */
    @Override
    public Optional<Watched> watch(int node, SessionKey key, int topic) {
        return Optional.empty();
    }

    /** The caller stops the nodes. */
    @Override
    public void close() {}
}
