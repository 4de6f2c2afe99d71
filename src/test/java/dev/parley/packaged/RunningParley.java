package dev.parley.packaged;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in its own process. Closing it kills it; {@link #stop()} stops it orderly. */
public final class RunningParley implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(3);
    private static final Pattern OPERATORS = Pattern.compile("management on (http://\\S+)");
    private static final Duration POLL = Duration.ofMillis(20);

    private final LaunchedJar launched;
    private final URI uri;
    private final ParleyClient client;

    RunningParley(LaunchedJar launched, int port) {
        this.launched = launched;
        this.uri = URI.create("http://127.0.0.1:" + port);
        this.client = new ParleyClient(uri);
    }

    void awaitHealth() {
        try {
            await("Parley is healthy")
                    .atMost(START_MAX)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .failFast("Parley has ended", () -> !isAlive())
                    .ignoreExceptionsMatching(NoReply.class::isInstance)
                    .until(() -> client.health().status() == 200);
        } catch (RuntimeException e) {
            String state = launched.state();
            close();
            throw new AssertionError(e.getMessage() + "; " + state, e);
        }
    }

    /** Its address, without a slash at the end. */
    public URI uri() {
        return uri;
    }

    /** A client of this server; may be used by several threads at once. */
    public ParleyClient client() {
        return client;
    }

    /** A client of its management port, whose address is logged soon after health is answered. */
    ParleyClient operators() {
        String operators = await("Parley has logged the address of its management port")
                .atMost(START_MAX)
                .until(
                        () -> {
                            Matcher logged = OPERATORS.matcher(log());
                            return logged.find() ? logged.group(1) : "";
                        },
                        found -> !found.isEmpty());
        return new ParleyClient(URI.create(operators));
    }

    public long pid() {
        return launched.process().pid();
    }

    public boolean isAlive() {
        return launched.process().isAlive();
    }

    /** Its log so far. */
    public String log() {
        return launched.err();
    }

    /** Its standard output so far. */
    public String out() {
        return launched.out();
    }

    /** {@code kill -9}; returns when the process has ended. */
    public ProcessExit kill() {
        return launched.kill();
    }

    /** {@code kill}, the signal TERM; does not wait. */
    public void terminate() {
        launched.process().destroy();
    }

    /** {@code kill}, and waits until the server has ended. */
    public ProcessExit stop() {
        terminate();
        return awaitExit();
    }

    /** Waits until the server has ended. */
    public ProcessExit awaitExit() {
        return launched.awaitExit();
    }

    @Override
    public void close() {
        launched.close();
    }
}
