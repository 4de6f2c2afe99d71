package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.Finding.Level;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Diagnoses an installation. */
@Command(
        name = "doctor",
        description = {
            "Check settings, versions, file permissions, encryption keys, rows, free disk space, replica lag and the clock,"
                    + " and advise what to do about each problem. Changes nothing; works beside a running server.",
            "Run it with the environment and the user of the service, because it checks their settings and permissions."
        },
        footer = {"", "Exit codes: 0 no problem; 1 a fault; 3 only warnings."})
@SuppressWarnings("NullAway.Init") // the container sets the fields
public final class DoctorCommand extends StoreCommand implements Callable<Integer> {
    @Inject
    Instance<Checkup> checkup;

    @Option(
            names = "--json",
            description = "Print {\"worst\",\"findings\":[{\"subject\",\"level\",\"found\",\"advice\"}]}.")
    boolean json;

    @Override
    public Integer call() {
        List<Finding> findings = checkup.get().findings();
        Level worst =
                findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.OK);
        if (json) {
            List<ObjectNode> array = findings.stream().map(DoctorCommand::json).toList();
            out().println(json().put("worst", word(worst)).putPOJO("findings", array));
        } else {
            findings.forEach(this::print);
        }
        return switch (worst) {
            case INFO, OK -> 0;
            case WARNING -> Failure.WARNED;
            case FAULT -> Failure.FAILED;
        };
    }

    private void print(Finding finding) {
        out().println("%-8s %-10s %s".formatted(word(finding.level()), finding.subject(), finding.found()));
        if (finding.advice() != null) {
            out().println("%-8s %-10s → %s".formatted("", "", finding.advice()));
        }
    }

    private static ObjectNode json(Finding finding) {
        return json().put("subject", finding.subject())
                .put("level", word(finding.level()))
                .put("found", finding.found())
                .put("advice", finding.advice());
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
