/**
 * Who may use the service, how often, and where their sessions are: credentials, their roles and their namespaces, and rates.
 *
 * <p>A request's {@link dev.parley.access.Credential} is known before anything of it is read, and is asked for with
 * {@link dev.parley.access.Credential#of}; start there.
 */
@NullMarked
package dev.parley.access;

import org.jspecify.annotations.NullMarked;
