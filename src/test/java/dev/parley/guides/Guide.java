package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown document of the project. */
public record Guide(Path path, String text) {
    static final Path FOLDER = Path.of("src/site/markdown");
    public static final Path README = Path.of("README.md");

    private static final boolean UPDATE = Boolean.getBoolean("parley.guides.update");
    private static final Pattern FENCE =
            Pattern.compile("^```(\\S*)(?: +([^\n]*))?\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    /**
     * A fenced block.
     *
     * @param language the first word behind the fence, such as {@code sh}
     * @param label what follows it, which a Markdown renderer ignores
     */
    public record Block(String language, String label, String text) {}

    /** The guide {@code name} in {@link #FOLDER}. */
    public static Guide named(String name) {
        return read(FOLDER.resolve(name));
    }

    public static Guide read(Path path) {
        try {
            return new Guide(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every guide, decisions included. */
    static List<Guide> all() {
        try (Stream<Path> paths = Files.walk(FOLDER)) {
            return paths.filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .map(Guide::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The README and every guide. */
    static List<Guide> allAndReadme() {
        return Stream.concat(Stream.of(read(README)), all().stream()).toList();
    }

    public List<Block> blocks() {
        return FENCE.matcher(text)
                .results()
                .map(block -> new Block(block.group(1), block.group(2) == null ? "" : block.group(2), block.group(3)))
                .toList();
    }

    /** The texts of the blocks that begin with three backticks and {@code info}. */
    public List<String> blocks(String info) {
        return blocks().stream()
                .filter(block -> info.equals((block.language() + " " + block.label()).strip()))
                .map(Block::text)
                .toList();
    }

    /** The text of the only such block. */
    public String block(String info) {
        assertThat(blocks(info)).as("blocks of %s in %s", info, path).hasSize(1);
        return blocks(info).get(0);
    }

    /** The text without its fenced blocks. */
    String prose() {
        return FENCE.matcher(text).replaceAll("");
    }

    /**
     * Checks that the part between {@code <!-- generated: name -->} and {@code <!-- end -->} is {@code expected}, or writes it if the
     * system property {@code parley.guides.update} is true.
     */
    void hasGenerated(String name, List<String> expected) {
        String begin = "<!-- generated: " + name + " -->\n";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf("<!-- end -->", from);
        assertThat(from >= begin.length() && to >= 0)
                .as("%s has %s… <!-- end -->", path, begin)
                .isTrue();
        String actual = text.substring(from, to);
        String generated = "\n" + String.join("\n", expected) + "\n\n";
        if (UPDATE) {
            write(text.substring(0, from) + generated + text.substring(to));
            return;
        }
        assertThat(actual.lines().toList())
                .as(
                        "%s, part \"%s\"; to write it anew: ./mvnw test -Dtest='*GuideTest' -Dparley.guides.update=true",
                        path, name)
                .containsExactlyElementsOf(generated.lines().toList());
    }

    private void write(String changed) {
        try {
            Files.writeString(path, changed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
