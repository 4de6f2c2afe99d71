package dev.parley.packaged.browser;

import com.microsoft.playwright.Request;

/** Two browsers meet through {@code /api/v1}. */
final class NativeApiBrowserIT extends MeetingContract {
    NativeApiBrowserIT() {
        super("native");
    }

    @Override
    boolean carriesCandidates(Request request) {
        return request.url().endsWith("/candidates");
    }
}
