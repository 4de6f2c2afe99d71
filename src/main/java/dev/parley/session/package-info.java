/**
 * The domain in plain Java: sessions, events, candidates, codes, limits and refusals.
 *
 * <p>Start with {@link dev.parley.session.Session} and {@link dev.parley.session.Event}. Nothing here knows HTTP, SQL or a framework.
 */
@NullMarked
package dev.parley.session;

import org.jspecify.annotations.NullMarked;
