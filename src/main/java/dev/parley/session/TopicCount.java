package dev.parley.session;

/** A topic and its number of unanswered sessions. */
public record TopicCount(String topic, long sessions) {}
