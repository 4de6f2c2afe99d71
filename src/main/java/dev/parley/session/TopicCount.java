package dev.parley.session;

/** A topic and how many unanswered sessions wait under it. */
public record TopicCount(String topic, long sessions) {}
