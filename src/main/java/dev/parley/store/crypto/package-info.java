/**
 * Sealing what must not be read off a disk: the operator's keys, and the boxes that texts are kept in.
 *
 * <p>Start with {@link dev.parley.store.crypto.Envelope}. The room knows neither sessions nor SQL: what a text belongs to reaches it as
 * bytes.
 */
@NullMarked
package dev.parley.store.crypto;

import org.jspecify.annotations.NullMarked;
