/** Administration of a store: migrating, backing up, restoring, inspecting and examining it. Start with {@link dev.parley.store.admin.StoreAdmin}. */
@NullMarked
package dev.parley.store.admin;

import org.jspecify.annotations.NullMarked;
