package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.http.EventSource;
import dev.parley.http.HttpReply;
import dev.parley.http.HttpSession;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When the host of an answered session restarts it, a stranger neither finds it nor answers it, over any transport. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class StrangerTest {
    private static final String LIST = "/api/v1/sessions?topic=chess";

    private final TestClient http = TestClient.ofNewOrigin();

    @Test
    void aRestartedSessionIsTheFirstAnswerersAlone() throws Exception {
        String code = HttpSession.newCode();
        String host = HttpSession.newToken();
        String guest = HttpSession.newToken();
        try (ChannelClient peers = ChannelClient.open(http.origin());
                ChannelClient stranger = ChannelClient.open(http.origin());
                EventSource stream = EventSource.ofTopic(http, "topic=chess")) {
            assertThat(stream.next().event()).isEqualTo("synced");
            stranger.call("watch", "topic", "chess").is(200);
            assertThat(stranger.next().path("opened")).isEmpty();
            peers.call("open", "token", host, "body", object("code", code, "offer", "an offer", "topic", "chess"))
                    .is(201);
            assertThat(stream.next().event()).isEqualTo("opened");
            assertThat(stranger.next().at("/opened/0/code").textValue()).isEqualTo(code);
            peers.call("answer", "code", code, "token", guest, "body", object("answer", "an answer"))
                    .is(201);
            assertThat(stream.next().event()).isEqualTo("gone");
            assertThat(stranger.next().at("/gone/0").textValue()).isEqualTo(code);
            String empty = http.get(LIST).send().is(200).header("ETag");
            CompletableFuture<HttpReply> poll = http.get(LIST)
                    .header("If-None-Match", empty)
                    .header("Prefer", "wait=1")
                    .sendAsync();

            peers.call(
                            "restart",
                            "code",
                            code,
                            "token",
                            host,
                            "ifMatch",
                            "*",
                            "body",
                            object("offer", "a second offer"))
                    .is(200);

            assertThat(http.get(LIST).send().is(200).at("/items")).isEmpty();
            assertThat(stranger.call("find", "topic", "chess").is(200).at("/body/items"))
                    .isEmpty();
            poll.join().is(304);
            http.put("/api/v1/sessions/" + code + "/answer")
                    .token(HttpSession.newToken())
                    .json(object("answer", "a stranger's"))
                    .isProblem(403, "session-token-refused");
            stranger.call(
                            "answer",
                            "code",
                            code,
                            "token",
                            HttpSession.newToken(),
                            "body",
                            object("answer", "a stranger's"))
                    .isProblem(403, "session-token-refused");
            stranger.call("answer", "code", code, "body", object("answer", "a stranger's"))
                    .isProblem(403, "session-token-refused");

            String other = HttpSession.newCode();
            peers.call("open", "body", object("code", other, "offer", "an offer", "topic", "chess"))
                    .is(201);
            EventSource.Message next = stream.next();
            assertThat(next.event()).isEqualTo("opened");
            assertThat(next.data()).contains(other).doesNotContain(code);
            assertThat(stranger.next().at("/opened/0/code").textValue()).isEqualTo(other);
            peers.call("answer", "code", code, "token", guest, "body", object("answer", "the guest's second"))
                    .is(201);
        }
    }
}
