/**
 * Encryption of payloads at rest: the operator's keys, and the codec that the session store is given.
 *
 * <p>Start with {@link dev.parley.store.crypto.PayloadCodec}. Nothing here runs SQL; which keys belong to a store is checked by
 * {@code store.sql.EncryptionCheck}.
 */
@NullMarked
package dev.parley.store.crypto;

import org.jspecify.annotations.NullMarked;
