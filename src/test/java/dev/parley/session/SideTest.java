package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A side is found by its word, and faces the other one. */
class SideTest {
    @ParameterizedTest
    @EnumSource
    void aSideIsFoundByItsWord(Side side) {
        assertThat(Side.named(side.word())).contains(side);
    }

    @Test
    void anotherWordNamesNoSide() {
        assertThat(Side.named("Offerer")).isEmpty();
        assertThat(Side.named("")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void theOtherOfTheOtherIsTheSideItself(Side side) {
        assertThat(side.other()).isNotEqualTo(side);
        assertThat(side.other().other()).isEqualTo(side);
    }
}
