package dev.parley.campaigns.histories;

import org.jspecify.annotations.Nullable;

/**
 * What a caller got.
 *
 * @param bookmark that came with it; null where none did
 * @param primary whether it certainly came from the primary
 * @param reset whether the caller was told that its bookmark no longer holds
 */
record ReplyContext(OperationResult result, @Nullable String bookmark, boolean primary, boolean reset) {
    static ReplyContext broken(String how) {
        return new ReplyContext(new OperationResult.Broken(how), null, true, false);
    }
}
