package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.StoreContents;
import java.nio.file.Path;

/** What was saved or restored, for a script. */
final class ContentsJson {
    private ContentsJson() {}

    static ObjectNode of(Path file, StoreContents contents) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("file", file.toString())
                .put("sessions", contents.sessions())
                .put("events", contents.events())
                .put("bytes", contents.bytes());
    }
}
