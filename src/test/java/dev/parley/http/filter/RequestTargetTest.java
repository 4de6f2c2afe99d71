package dev.parley.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a request target that can be understood. */
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
    void aUriIsUnderstood(String target) {
        assertThat(RequestTarget.isUnderstood(target)).isTrue();
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
    void anythingElseIsNot(String target) {
        assertThat(RequestTarget.isUnderstood(target)).isFalse();
    }
}
