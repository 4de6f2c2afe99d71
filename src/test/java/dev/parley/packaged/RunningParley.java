package dev.parley.packaged;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own. Closing it kills it; {@link #stop()} is the orderly end. */
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
            await("Parley is well")
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

    /** Where it listens, without a slash at the end. */
    public URI uri() {
        return uri;
    }

    /** Speaks to this server; may be used by many threads at once. */
    public ParleyClient client() {
        return client;
    }

    /** Looks where it shows metrics and health in detail to operators; the log says where, soon after health is answered. */
    ParleyClient operators() {
        String operators = await("Parley has said where operators look")
                .atMost(START_MAX)
                .until(
                        () -> {
                            Matcher said = OPERATORS.matcher(log());
                            return said.find() ? said.group(1) : "";
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

    /** What it has logged so far. */
    public String log() {
        return launched.err();
    }

    /** What it has printed to standard output so far. */
    public String out() {
        return launched.out();
    }

    /** {@code kill -9}: the process has no chance to finish anything. Returns when it is gone. */
    public ProcessExit kill() {
        return launched.kill();
    }

    /** {@code kill}, the signal TERM; does not wait. */
    public void terminate() {
        launched.process().destroy();
    }

    /** {@code kill}, and waits until the server has ended in its own time. */
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
