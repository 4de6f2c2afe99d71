package dev.parley.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The request targets that are valid. */
class RequestTargetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "*",
                "/a-._~!$&'()*+,;=:@/?q=/?[]#x",
                "/%41%00%7f",
                "/%C3%a9/%F0%9F%98%80",
                "http://h:1/x",
                "/%25zz"
            })
    void aUriIsValid(String target) {
        assertThat(RequestTarget.isValid(target)).isTrue();
    }

    @Test
    void aLongTargetIsValid() {
        assertThat(RequestTarget.isValid("/" + "a%41".repeat(8_000))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ ",
                "/\t",
                "/\u007f",
                "/é",
                "/\"",
                "/<",
                "/|",
                "/\\",
                "/^",
                "/`",
                "/{",
                "/}",
                "/%",
                "/%4",
                "/%4g",
                "/%g4",
                "/%%41",
                "/%ff",
                "/%c3",
                "/%c3x%a9",
                "/%c0%80",
                "/%ed%a0%80",
                "/%f4%90%80%80",
                "/%C3%A9%A9",
                "/%-1",
                "/%+1",
            })
    void anythingElseIsInvalid(String target) {
        assertThat(RequestTarget.isValid(target)).isFalse();
    }
}
