package dev.parley.ops;

import io.quarkus.runtime.QuarkusApplication;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Runs one command in a started application and ends with its exit code. */
public final class CommandRun implements QuarkusApplication {
    private final IFactory factory;

    public CommandRun(IFactory factory) {
        this.factory = factory;
    }

    @Override
    public int run(String... args) {
        return new CommandLine(ParleyCommand.class, factory).execute(args);
    }
}
