package dev.parley.guides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.ParleyCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands and options that the README and the guides name exist, and the README lists every command. */
class CommandsGuideTest {
    private static final CommandLine PARLEY = new CommandLine(ParleyCommand.class);
    private static final Pattern LINE =
            Pattern.compile("^\\s*(?:sudo -u parley )?parley ([a-z].*)$", Pattern.MULTILINE);
    private static final Pattern INLINE = Pattern.compile("`parley ([a-z][^`\n]*)`");
    private static final Pattern LISTED = Pattern.compile("`([a-z]+(?: [a-z]+)?)[^`]*`");
    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    @Test
    void theReadmeListsEveryCommand() {
        String section =
                Guide.read(Guide.README).text().split("## Commands\n")[1].split("\n## ")[0];
        var listed = new TreeSet<String>();
        section.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|")[1])
                .forEach(cell -> LISTED.matcher(cell).results().forEach(name -> listed.add(name.group(1))));

        assertThat(listed).isEqualTo(commands());
    }

    /** Without those that only group others, such as {@code key}. */
    private static Set<String> commands() {
        var names = new TreeSet<String>();
        PARLEY.getSubcommands().forEach((name, command) -> {
            if (command.getSubcommands().isEmpty()) {
                names.add(name);
            }
            command.getSubcommands().keySet().forEach(sub -> names.add(name + " " + sub));
        });
        return names;
    }

    @Test
    void everyCommandOfTheGuidesExists() {
        var unknown = new ArrayList<String>();
        for (Guide guide : Guide.allAndReadme()) {
            calls(guide).forEach(call -> {
                if (!exists(call)) {
                    unknown.add(guide + ": parley " + call);
                }
            });
        }
        assertThat(unknown).isEmpty();
    }

    /** The arguments of {@code parley} in shell blocks and in code within a sentence. */
    private static Stream<String> calls(Guide guide) {
        Stream<String> lines = guide.blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> arguments(LINE, block.text()));
        return Stream.concat(lines, arguments(INLINE, guide.prose()));
    }

    private static Stream<String> arguments(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(call -> call.group(1));
    }

    private static boolean exists(String call) {
        CommandLine command = PARLEY;
        for (String word : call.split(" ")) {
            CommandLine next = command.getSubcommands().get(word);
            if (next == null) {
                break;
            }
            command = next;
        }
        List<String> options =
                OPTION.matcher(call).results().map(option -> option.group()).toList();
        CommandLine found = command;
        return found != PARLEY
                && options.stream().allMatch(option -> found.getCommandSpec().findOption(option) != null);
    }
}
