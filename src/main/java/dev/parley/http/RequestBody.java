package dev.parley.http;

/** A body that a client sends; see {@link BodyReader} for how it is read. */
public interface RequestBody {}
