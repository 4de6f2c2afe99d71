package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A side is found by its name, and has another one. */
class SideTest {
    @ParameterizedTest
    @EnumSource
    void aSideIsFoundByItsName(Side side) {
        assertThat(Side.named(side.word())).contains(side);
    }

    @Test
    void anotherWordIsNoSide() {
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
