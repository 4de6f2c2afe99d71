package dev.parley.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags are returned from their column unchanged, and only whole tags are found in it. */
class TagsTest {
    private static final List<String> TAGS = List.of("eu", "blitz 5+0", "é", "\uD83D\uDE00");

    @Test
    void tagsAreReturnedInTheirOrder() {
        assertThat(Tags.list(Tags.column(TAGS))).isEqualTo(TAGS);
    }

    @Test
    void noTagsAreReturnedAsAnEmptyList() {
        assertThat(Tags.list(Tags.column(List.of()))).isEmpty();
    }

    @Test
    void eachTagIsFound() {
        String column = Tags.column(TAGS);

        assertThat(TAGS).allSatisfy(tag -> assertThat(column).contains(Tags.needle(tag)));
    }

    @Test
    void aTextWithANewlineIsNoTag() {
        assertThat(Tags.isTag("eu\nblitz 5+0")).isFalse();
        assertThat(Tags.isTag("\n")).isFalse();
        assertThat(TAGS).allMatch(Tags::isTag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"e", "u", "EU", "blitz", "5+0", "eublitz 5+0", "%", ""})
    void aPartOfATagIsNotFound(String part) {
        assertThat(Tags.column(TAGS)).doesNotContain(Tags.needle(part));
        assertThat(Tags.column(List.of())).doesNotContain(Tags.needle(part));
    }
}
