/** The request filters that check credentials, roles, rates and client addresses. Start with {@link dev.parley.http.access.Authenticator}. */
@NullMarked
package dev.parley.http.access;

import org.jspecify.annotations.NullMarked;
