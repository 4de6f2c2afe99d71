package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a test of Quarkus awaits, which has a class loader of its own. */
@Tag("slow")
@QuarkusTest
class QuarkusTimeoutsTest {
    @Test
    void aTestAwaitsForTwoMinutes() {
        assertThat(TestTimeoutsTest.awaited()).isEqualTo(Duration.ofMinutes(2));
    }
}
