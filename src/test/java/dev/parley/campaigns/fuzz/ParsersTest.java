package dev.parley.campaigns.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kept inputs of {@link ParsersFuzzTest}: each reaches far into a parser, or once made it fail. */
class ParsersTest {
    @Test
    void noKeptInputMakesAParserFail() throws IOException, URISyntaxException {
        URL kept = ParsersTest.class.getResource("ParsersFuzzTestInputs/textIsAcceptedOrRejected");
        int tried = 0;
        try (Stream<Path> inputs =
                Files.list(Path.of(Objects.requireNonNull(kept).toURI()))) {
            for (Path input : (Iterable<Path>) inputs::iterator) {
                try {
                    ParsersFuzzTest.parse(Files.readAllBytes(input));
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("Input " + input.getFileName(), e);
                }
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(20);
        System.out.printf("ParsersTest: %d kept inputs, 0 of them a failure%n", tried);
    }
}
