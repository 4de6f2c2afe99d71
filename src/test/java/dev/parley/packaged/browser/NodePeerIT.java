package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** A peer in Node and a page connect: the namespace of the one is the origin of the other. */
@ExtendWith(BrowserExtension.class)
class NodePeerIT {
    private String topic = "";

    @BeforeEach
    void haveATopic(TestInfo test) {
        NodePeer.assumeInstalled();
        topic = test.getDisplayName();
    }

    @Test
    void aNodePeerJoinsAPage(Pages pages) throws InterruptedException {
        ClientPage page = pages.openClient("page").with(Map.of("topic", topic));
        String code = page.host(Map.of());

        try (NodePeer node = NodePeer.start(pages.service(), (String) page.value("location.origin"), topic, "join")) {
            assertThat(node.await("answerer of ")).isEqualTo(code);
            assertTheyTalk(page, node);
        }
    }

    @Test
    void aPageJoinsANodePeer(Pages pages) throws InterruptedException {
        ClientPage page = pages.openClient("page").with(Map.of("topic", topic));

        try (NodePeer node = NodePeer.start(pages.service(), (String) page.value("location.origin"), topic, "host")) {
            String code = node.await("offerer of ");
            assertThat(page.value("parley.find().then(([{ code }]) => code)")).isEqualTo(code);
            page.join(code);
            assertTheyTalk(page, node);
        }
    }

    private static void assertTheyTalk(ClientPage page, NodePeer node) throws InterruptedException {
        page.awaitConnection();
        page.awaitMessage("Hello from Node");
        page.say("Hello from a page");
        assertThat(node.await("received ")).isEqualTo("Hello from a page");
        assertThat(node.awaitEnd()).isZero();
    }
}
