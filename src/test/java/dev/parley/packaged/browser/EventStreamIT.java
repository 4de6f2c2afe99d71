package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How parley.js parses event streams (HTML standard, section 9.2.6). The page receives the stream in the chunks of each case; the bookmark shows
 * its last message.
 */
@ExtendWith(BrowserExtension.class)
class EventStreamIT {
    private static final Map<String, Object> NOTHING = Map.of();

    @Test
    void linesEndOnlyAtCrLfOrBoth(Pages pages) {
        ClientPage page = pages.openClient("page").with(NOTHING);

        assertRead(page, "~1", "event: bookmark\ndata: ~1\n\n");
        assertRead(page, "~2", "event: bookmark\rdata: ~2\r\r");
        assertRead(page, "~3", "event: bookmark\r\ndata: ~3\r\n\r\n");
        assertRead(
                page,
                "~4\u2028\u2029\u0085\u000b\u000c4",
                "event: bookmark\ndata: ~4\u2028\u2029\u0085\u000b\u000c4\n\n");
    }

    @Test
    void chunksEndAnywhere(Pages pages) {
        ClientPage page = pages.openClient("page").with(NOTHING);

        assertRead(page, "~1", "event: bookmark\r", "\ndata: ~1\r", "\n\r", "\n");
        assertRead(page, "~2", "ev", "ent: book", "mark\ndata:", " ~2", "\n", "\n");
        assertRead(page, "~3\n~3", "event: bookmark\r", "data: ~3\r", "data: ~3\r", "\r");
    }

    @Test
    void fieldsAreParsedAsTheStandardRequires(Pages pages) {
        ClientPage page = pages.openClient("page").with(NOTHING);

        assertRead(page, "~1", "\uFEFFevent: bookmark\ndata: ~1\n\n");
        assertRead(page, "~2", "event:bookmark\ndata:~2\n\n");
        assertRead(page, "~3\n ~3\n", "event: bookmark\ndata: ~3\ndata:  ~3\ndata\n\n");
        assertRead(page, "~4: $&", ": a comment\n\nid: 7\nretry: 1\nevent: x\nevent: bookmark\ndata: ~4: $&\n\n");
        assertRead(page, "~5", """
                event: bookmark

                : no data, so no message and no type for the next

                event: bookmark
                data: ~5

                """);
    }

    /** The stream stays open: a message is complete with its last line, not with the next byte. */
    private static void assertRead(ClientPage page, String bookmark, String... chunks) {
        page.page().evaluate("""
            (chunks) => {
              window.real ??= window.fetch;
              const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
              const stream = () => new ReadableStream({ start: (controller) => bytes.forEach((chunk) => controller.enqueue(chunk)) });
              window.fetch = (url, options) =>
                options.headers?.Accept?.includes("event-stream")
                  ? Promise.resolve(new Response(stream(), { headers: { "Content-Type": "text/event-stream" } }))
                  : real(url, options);
              begin({});
              return host({});
            }
            """, List.of(chunks));
        page.await("parley.getBookmark()?.startsWith('~')");
        assertThat(page.value("parley.getBookmark()"))
                .as("what %s says", List.of(chunks))
                .isEqualTo(bookmark);
        page.value("(parley.clearBookmark(), session.close())");
    }
}
