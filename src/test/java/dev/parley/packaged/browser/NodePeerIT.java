package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.browser.NodePeer.Implementation;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer in Node and a page connect: the namespace of the one is the origin of the other. */
@ExtendWith(BrowserExtension.class)
class NodePeerIT {
    private String topic = "";

    @BeforeEach
    void haveATopic(TestInfo test) {
        NodePeer.assumeInstalled();
        topic = test.getTestMethod().orElseThrow().getName() + test.getDisplayName();
    }

    @ParameterizedTest
    @EnumSource
    void aNodePeerJoinsAPage(Implementation webrtc, Pages pages) throws InterruptedException {
        ClientPage page = pages.openClient("page").with(Map.of("topic", topic));
        String code = page.host(Map.of());

        try (NodePeer node = start(webrtc, page, pages, "join")) {
            assertThat(node.await("answerer of ")).isEqualTo(code);
            assertTheyTalk(webrtc, page, node);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPageJoinsANodePeer(Implementation webrtc, Pages pages) throws InterruptedException {
        ClientPage page = pages.openClient("page").with(Map.of("topic", topic));

        try (NodePeer node = start(webrtc, page, pages, "host")) {
            String code = node.await("offerer of ");
            assertThat(page.value("parley.find().then(([{ code }]) => code)")).isEqualTo(code);
            page.join(code);
            assertTheyTalk(webrtc, page, node);
        }
    }

    private NodePeer start(Implementation webrtc, ClientPage page, Pages pages, String part) {
        return NodePeer.start(webrtc, pages.service(), (String) page.value("location.origin"), topic, part);
    }

    private static void assertTheyTalk(Implementation webrtc, ClientPage page, NodePeer node)
            throws InterruptedException {
        page.awaitConnection();
        page.awaitMessage("Hello from Node");
        page.say("Hello from a page");
        assertThat(node.await("received ")).isEqualTo("Hello from a page");
        if (webrtc != Implementation.WERIFT) { // its TURN client keeps Node alive
            assertThat(node.awaitEnd()).isZero();
        }
    }
}
