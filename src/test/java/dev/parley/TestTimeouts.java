package dev.parley;

import io.quarkus.test.junit.callback.QuarkusTestBeforeClassCallback;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How long a test waits for what it awaits, unless it says so itself: so long that only what hangs takes longer, however busy the
 * machine is. Awaitility's own ten seconds are not enough for a server to start beside another build.
 *
 * <p>JUnit calls it before all tests, and Quarkus before each class of its tests, because those have a class loader, and so an
 * Awaitility, of their own.
 */
public final class TestTimeouts implements LauncherSessionListener, QuarkusTestBeforeClassCallback {
    private static final Duration MAX = Duration.ofMinutes(2);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(MAX);
    }

    @Override
    public void beforeClass(Class<?> testClass) {
        Awaitility.setDefaultTimeout(MAX);
    }
}
