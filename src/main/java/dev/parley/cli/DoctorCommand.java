package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.Finding.Level;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The first thing to run when something is wrong at night. */
@Command(
        name = "doctor",
        description = {
            "Look whether all is well (settings, versions, file rights, encryption keys, rows, free disk, lag of replicas, the"
                    + " clock), and say what to do where it is not. Changes nothing; works beside a running server.",
            "Run it with the service's own environment and user, for it is their settings and rights that it looks at."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit codes: 0 all is well; 1 something is broken; 3 nothing is, but something wants attention."})
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class DoctorCommand implements Callable<Integer> {
    @Inject
    Instance<Checkup> checkup;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print {\"worst\",\"findings\":[{\"subject\",\"level\",\"found\",\"advice\"}]} instead.")
    boolean json;

    @Override
    public Integer call() {
        List<Finding> findings = checkup.get().findings();
        Level worst =
                findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.OK);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(worst, findings));
        } else {
            findings.forEach(finding -> print(out, finding));
        }
        return switch (worst) {
            case INFO, OK -> ExitCode.DONE;
            case WARNING -> ExitCode.WARNED;
            case FAULT -> ExitCode.FAILED;
        };
    }

    private static void print(PrintWriter out, Finding finding) {
        out.println("%-8s %-10s %s".formatted(word(finding.level()), finding.subject(), finding.found()));
        if (finding.advice() != null) {
            out.println("%-8s %-10s → %s".formatted("", "", finding.advice()));
        }
    }

    private static ObjectNode json(Level worst, List<Finding> findings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("worst", word(worst));
        ArrayNode array = json.putArray("findings");
        for (Finding finding : findings) {
            array.addObject()
                    .put("subject", finding.subject())
                    .put("level", word(finding.level()))
                    .put("found", finding.found())
                    .put("advice", finding.advice());
        }
        return json;
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
