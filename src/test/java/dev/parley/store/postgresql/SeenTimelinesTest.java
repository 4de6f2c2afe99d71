package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenTimelinesTest {
    private static final long SYSTEM = -7; // identifiers are unsigned

    @TempDir
    Path folder;

    @Test
    void theFileKeepsTheNewestTimeline() {
        Path file = folder.resolve("data/timelines");
        SeenTimelines before = seen(file, true);
        before.load();
        before.observe(SYSTEM, 3);
        before.observe(SYSTEM, 2);
        before.save();

        SeenTimelines after = seen(file, true);
        after.load();
        assertThat(after.newest(SYSTEM)).isEqualTo(3);
        assertThat(after.observed(SYSTEM)).isZero();
    }

    @Test
    void nodesWithOneFileKeepTheNewestOfBoth() {
        Path file = folder.resolve("timelines");
        SeenTimelines one = seen(file, true);
        SeenTimelines other = seen(file, true);
        one.observe(SYSTEM, 5);
        one.save();
        other.observe(SYSTEM, 4);
        other.save();

        SeenTimelines after = seen(file, true);
        after.load();
        assertThat(after.newest(SYSTEM)).isEqualTo(5);
    }

    @Test
    void aCommandWritesNothing() {
        Path file = folder.resolve("timelines");
        SeenTimelines command = seen(file, false);
        command.observe(SYSTEM, 2);
        command.save();
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage\\u12", "7=-5", "7=0", "7=4294967296", "7=999999999999999999999", "x=1"})
    void anUnreadableFileStopsTheStartAndIsKept(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("timelines"), text);
        SeenTimelines seen = seen(file, true);

        assertThatThrownBy(seen::load)
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("parley.store.timelines-file", file.toString());
        seen.observe(SYSTEM, 9);
        seen.save();
        assertThat(file).hasContent(text);
    }

    @Test
    void aFolderStopsTheStart() {
        assertThatThrownBy(seen(folder, true)::load).isInstanceOf(InvalidConfiguration.class);
    }

    private static SeenTimelines seen(Path file, boolean writes) {
        return new SeenTimelines(Optional.of(file), writes);
    }
}
