package dev.parley.session;

import dev.parley.session.SignalingException.Malformed;

/** Identifies a topic: its name in its namespace. */
public record TopicKey(Namespace namespace, String topic) {
    /** @throws Malformed if {@code topic} contains U+0000, which no stored text does */
    public TopicKey {
        if (topic.indexOf('\0') >= 0) {
            throw new Malformed("topic must not contain U+0000.");
        }
    }

    /** Identifies the topic without revealing its name. */
    public KeyMark mark() {
        // A code is not empty, so no session has the same text; nor has another topic, because of the length.
        return KeyMark.of(" " + namespace.name().length() + " " + namespace + topic);
    }
}
