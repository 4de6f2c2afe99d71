package dev.parley.packaged.browser;

import com.microsoft.playwright.Request;
import org.junit.jupiter.api.Tag;

/** Two browsers meet through the compatible API, as a client of rondevu 0.1 uses it. */
@Tag("slow")
final class RondevuApiBrowserIT extends MeetingContract {
    RondevuApiBrowserIT() {
        super("rondevu");
    }

    @Override
    boolean carriesCandidates(Request request) {
        String body = request.postData();
        return request.url().endsWith("/answer") && body != null && body.contains("\"candidate\"");
    }
}
