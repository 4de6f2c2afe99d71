package dev.parley.session;

/** Where a session is found: its code in its namespace. */
public record SessionKey(Namespace namespace, Code code) {}
