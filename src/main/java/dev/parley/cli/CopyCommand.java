package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.ByteCount;
import dev.parley.store.admin.StoreContents;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code backup} and {@code restore} have in common: a file, and a report of its contents. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class CopyCommand extends StoreCommand {
    @Parameters(paramLabel = "FILE", description = "The backup file.")
    Path file;

    @Option(names = "--json", description = "Print file, sessions, events and bytes as a JSON object.")
    boolean json;

    /** A sentence with {@code format}, whose arguments are sessions, events, size and file; or JSON. */
    final void report(String format, StoreContents contents, ObjectNode details) {
        ObjectNode object = json().put("file", file.toString())
                .put("sessions", contents.sessions())
                .put("events", contents.events())
                .put("bytes", contents.bytes());
        String line = format.formatted(contents.sessions(), contents.events(), new ByteCount(contents.bytes()), file);
        out().println(json ? object.setAll(details) : line);
    }
}
