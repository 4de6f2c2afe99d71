/**
 * Administration of a store of either engine: migration, backup, restore, queries and examination.
 *
 * <p>Start with {@link dev.parley.store.admin.StoreAdmin}. The engines do not know this package; it uses their files and connections.
 */
@NullMarked
package dev.parley.store.admin;

import org.jspecify.annotations.NullMarked;
