/**
 * The domain: what a session is and what may be said about it, in plain Java.
 *
 * <p>Here belong the words of the house ({@link dev.parley.session.Code}, {@link dev.parley.session.Side},
 * {@link dev.parley.session.Candidate} …), the bounds they keep and the refusals they cause. Nothing here knows HTTP, SQL or
 * a framework. Start with {@link dev.parley.session.Session} and {@link dev.parley.session.Event}.
 */
@NullMarked
package dev.parley.session;

import org.jspecify.annotations.NullMarked;
