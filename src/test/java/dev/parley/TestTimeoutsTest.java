package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a plain test awaits. */
class TestTimeoutsTest {
    @Test
    void aTestAwaitsForTwoMinutes() {
        assertThat(awaited()).isEqualTo(Duration.ofMinutes(2));
    }

    /** Awaitility shows it nowhere else. */
    static Duration awaited() {
        try {
            var constraint = Awaitility.class.getDeclaredField("defaultWaitConstraint");
            constraint.setAccessible(true);
            Object value = constraint.get(null);
            var max = value.getClass().getMethod("getMaxWaitTime");
            max.setAccessible(true);
            return (Duration) max.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
