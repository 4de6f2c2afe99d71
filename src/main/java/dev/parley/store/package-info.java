/**
 * The seam between the use cases and the engines. Start with {@link dev.parley.store.Database}: it is all that an engine implements.
 *
 * <p>Work is a function of {@link dev.parley.store.Statements}, the prepared statements of one connection. What the statements say is in
 * {@code store.sql}, the same text for both engines; SQL and rows do not leave the packages of the store.
 */
@NullMarked
package dev.parley.store;

import org.jspecify.annotations.NullMarked;
