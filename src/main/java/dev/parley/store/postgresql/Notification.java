package dev.parley.store.postgresql;

import dev.parley.session.Event;
import dev.parley.session.SessionMark;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells of one session. In the payload of a NOTIFY it is {@code SESSION}, or {@code SESSION/SEQ/GENERATION/BOOKMARK}
 * where the session was deleted; a payload is the name of the node that tells and its notices, with spaces between them.
 *
 * @param closing the deletion; null where something else was committed
 */
record Notification(SessionMark session, @Nullable Closing closing) {
    /** PostgreSQL takes payloads of less than 8,000 bytes. */
    private static final int PAYLOAD_MAX = 7_900;

    /** @param bookmark covers the deletion */
    record Closing(Event.Closed last, String bookmark) {}

    /** A payload that was heard. */
    record Heard(String teller, List<Notification> notices) {}

    /** As few payloads as hold {@code notices}, in their order. */
    static List<String> payloads(String teller, Collection<Notification> notices) {
        var payloads = new ArrayList<String>();
        var payload = new StringBuilder(teller);
        for (Notification notice : notices) {
            String text = notice.text();
            if (payload.length() + 1 + text.length() > PAYLOAD_MAX) {
                payloads.add(payload.toString());
                payload = new StringBuilder(teller);
            }
            payload.append(' ').append(text);
        }
        payloads.add(payload.toString());
        return payloads;
    }

    /** @throws IllegalArgumentException if no node of ours told it */
    static Heard parse(String payload) {
        String[] words = payload.split(" ", -1);
        var notices = new ArrayList<Notification>();
        for (int i = 1; i < words.length; i++) {
            notices.add(parseOne(words[i]));
        }
        return new Heard(words[0], notices);
    }

    private static Notification parseOne(String text) {
        String[] parts = text.split("/", -1);
        var session = new SessionMark(parts[0]);
        if (parts.length == 1) {
            return new Notification(session, null);
        }
        if (parts.length != 4) {
            throw new IllegalArgumentException("A notice has one part or four");
        }
        var last = new Event.Closed(Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
        return new Notification(session, new Closing(last, parts[3]));
    }

    private String text() {
        return closing == null
                ? session.text()
                : session.text() + "/" + closing.last.seq() + "/" + closing.last.generation() + "/" + closing.bookmark;
    }
}
