package dev.parley.access;

import dev.parley.session.Namespace;
import java.util.Set;

/**
 * An authenticated caller: an API key, or the subject of a token. It contains no secret and may be logged.
 *
 * @param name the name of the key, or {@code jwt:} and the subject of the token; unique
 * @param namespace the only namespace that the caller may access, whatever {@code Parley-Namespace} and {@code Origin} contain
 */
public record Credential(String name, Namespace namespace, Set<Role> roles) {}
