package dev.parley.session;

import java.util.List;

/**
 * A numbered page of topics, for clients that count pages.
 *
 * @param total the number of topics in all
 */
public record TopicPage(List<TopicCount> topics, long total) {
    /** A topic and its number of unanswered sessions. */
    public record TopicCount(String topic, long sessions) {}
}
