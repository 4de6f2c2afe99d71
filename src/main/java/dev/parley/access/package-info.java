/**
 * Who may use the service, and how often: API keys, tokens, roles and rates. This package knows no HTTP; {@code http.access} applies it
 * to requests. Start with {@link dev.parley.access.Credential}.
 */
@NullMarked
package dev.parley.access;

import org.jspecify.annotations.NullMarked;
