package dev.parley.store.postgresql;

import dev.parley.session.SessionKey.SessionMark;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The payload of a NOTIFY: the name of the node that sends it and the sessions in which it committed something, separated by spaces.
 */
record Notification(String sender, List<SessionMark> sessions) {
    /** PostgreSQL accepts payloads of less than 8,000 bytes. */
    private static final int PAYLOAD_MAX = 7_900;

    /** The payloads for {@code sessions}, as few as possible. */
    static List<String> payloads(String sender, Collection<SessionMark> sessions) {
        var payloads = new ArrayList<String>();
        var payload = new StringBuilder(sender);
        for (SessionMark session : sessions) {
            if (payload.length() + 1 + session.text().length() > PAYLOAD_MAX) {
                payloads.add(payload.toString());
                payload = new StringBuilder(sender);
            }
            payload.append(' ').append(session.text());
        }
        payloads.add(payload.toString());
        return payloads;
    }

    static Notification parse(String payload) {
        String[] words = payload.split(" ", -1);
        return new Notification(
                words[0], Stream.of(words).skip(1).map(SessionMark::new).toList());
    }
}
