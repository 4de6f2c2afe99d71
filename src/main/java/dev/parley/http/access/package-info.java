/**
 * Who sends a request: its credential, its client address, its namespace, and whether it guesses codes. Start with
 * {@link dev.parley.http.access.Authenticator}.
 */
@NullMarked
package dev.parley.http.access;

import org.jspecify.annotations.NullMarked;
