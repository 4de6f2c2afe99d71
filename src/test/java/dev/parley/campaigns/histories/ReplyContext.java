package dev.parley.campaigns.histories;

import org.jspecify.annotations.Nullable;

/**
 * The reply to a caller.
 *
 * @param bookmark of the reply; null without one
 * @param primary whether the primary certainly served it
 * @param reset whether the bookmark of the request was reset
 */
record ReplyContext(OperationResult result, @Nullable String bookmark, boolean primary, boolean reset) {
    static ReplyContext broken(String how) {
        return new ReplyContext(new OperationResult.Broken(how), null, true, false);
    }
}
