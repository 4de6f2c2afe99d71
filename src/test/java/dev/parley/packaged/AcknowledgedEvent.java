package dev.parley.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * An event without its number.
 *
 * @param payload the JSON text of the offer, answer or candidate
 */
record AcknowledgedEvent(String type, String side, String payload) {

    boolean isAnswer() {
        return type.equals("answer");
    }

    /** What is in a reply to a request for events; fails unless they are numbered 1, 2, 3 and so on. */
    static List<AcknowledgedEvent> denselyNumbered(ServerReply reply) {
        var events = new ArrayList<AcknowledgedEvent>();
        for (JsonNode event : reply.json().required("events")) {
            if (event.required("seq").longValue() != events.size() + 1) {
                throw new AssertionError("Event " + (events.size() + 1) + " is missing in " + reply);
            }
            String type = event.required("type").textValue();
            events.add(new AcknowledgedEvent(
                    type,
                    event.required("side").textValue(),
                    event.required(type).toString()));
        }
        return events;
    }
}
