package dev.parley.guides;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.SignalingException;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The API guide lists the type of each problem. */
class ApiGuideTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| \\d{3} \\|");

    @Test
    void theTableOfErrorsHasEachType() {
        var types = Arrays.stream(SignalingException.class.getPermittedSubclasses())
                .map(ApiGuideTest::example)
                .map(SignalingException::type)
                .collect(toCollection(TreeSet::new));

        assertThat(ROW.matcher(Guide.named("api.md").text()).results().map(row -> row.group(1)))
                .containsExactlyInAnyOrderElementsOf(types);
    }

    private static SignalingException example(Class<?> refusal) {
        try {
            Constructor<?> constructor = refusal.getConstructors()[0];
            Object[] arguments = Arrays.stream(constructor.getParameterTypes())
                    .map(ApiGuideTest::argument)
                    .toArray();
            return (SignalingException) constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Object argument(Class<?> type) {
        if (type == String.class) {
            return "text";
        }
        if (type == Duration.class) {
            return Duration.ofSeconds(1);
        }
        return type == long.class ? (Object) 1L : (Object) 1;
    }
}
