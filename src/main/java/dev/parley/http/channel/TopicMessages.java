package dev.parley.http.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.wait.TopicList.Changes;
import dev.parley.session.Code;
import dev.parley.session.Listing;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Singleton;
import java.util.List;

/** Encodes the changes of topics, once for all channels that watch one. */
@Singleton
final class TopicMessages {
    private final ObjectMapper json;
    private final Changes.Encoding encoding = this::encode;

    TopicMessages(ObjectMapper json) {
        this.json = json;
    }

    /** The members of the message behind its topic, with the brace that ends it. One instance, because changes keep what it encodes. */
    Changes.Encoding encoding() {
        return encoding;
    }

    private Buffer encode(Changes changes) {
        try {
            List<Code> gone = changes.gone().stream().map(Listing::code).toList();
            return Buffer.buffer(",\"opened\":")
                    .appendBytes(json.writeValueAsBytes(changes.opened()))
                    .appendString(",\"gone\":")
                    .appendBytes(json.writeValueAsBytes(gone))
                    .appendString(",\"bookmark\":\"" + changes.bookmark() + "\"}");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Every listing is valid JSON", e);
        }
    }
}
