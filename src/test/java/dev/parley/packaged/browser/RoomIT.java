package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Four tabs form a mesh by {@code parley.room}, and form it again after reloads and crashes. */
@ExtendWith(BrowserExtension.class)
class RoomIT {
    private static final String TOPIC = "tea at five";
    private static final List<String> NAMES = List.of("ada", "bob", "cleo", "dan");

    @Test
    void aRoomOfFourIsFormedAndFormedAgainAfterReloadsAndACrash(Pages pages) {
        Map<String, ClientPage> members = new LinkedHashMap<>();
        for (String name : NAMES) {
            members.put(name, MeetingIT.withMeetings(pages, name));
        }
        members.forEach((name, page) -> enter(page, name));
        assertFormed(members);
        member(members, "ada").value("room.send('hello')");
        for (String name : NAMES.subList(1, 4)) {
            member(members, name).await("heard.includes('data of ada: hello')");
        }

        for (String name : List.of("bob", "cleo")) {
            ClientPage page = member(members, name);
            page.reload();
            page.value("useMeetings()");
            enter(page, name);
        }
        assertFormed(members);
        ClientPage dan = member(members, "dan");
        for (String name : List.of("bob", "cleo")) {
            dan.await("roomLog.lastIndexOf('peer " + name + "') > roomLog.lastIndexOf('leave " + name + "')");
        }
        assertThat(roomLog(dan))
                .as("a reloaded tab has left before it joins again")
                .containsSubsequence("leave bob", "join bob", "peer bob")
                .containsSubsequence("leave cleo", "join cleo", "peer cleo");

        Objects.requireNonNull(members.remove("dan")).crash();
        assertFormed(members);
        members.values().forEach(page -> page.await("room.peers.length === 2"));

        ClientPage back = MeetingIT.withMeetings(pages, "dan-again");
        members.put("dan", back);
        enter(back, "dan");
        assertFormed(members);

        Objects.requireNonNull(members.remove("ada")).value("room.close()");
        assertFormed(members);
        // Meanwhile she may have been listed still, and joined again.
        back.await("roomLog.at(-1) === 'leave ada'");
    }

    @Tag("slow")
    @Test
    void aFullRoomRejectsAFurtherMember(Pages pages) {
        ClientPage page = MeetingIT.withMeetings(pages, "full");
        for (String name : List.of("one", "two")) {
            page.page().evaluate("(name) => meeting.enter('full', { peerId: name, max: 2 })", name);
        }
        assertThat(page.failureOf("meeting.enter('full', { peerId: 'three', max: 2 })"))
                .containsEntry("status", 409)
                .containsEntry("type", "urn:parley:problem:room-full");
        page.await("room.peers.length === 1");
    }

    private static ClientPage member(Map<String, ClientPage> members, String name) {
        return Objects.requireNonNull(members.get(name));
    }

    private static void enter(ClientPage page, String name) {
        page.page()
                .evaluate(
                        "([topic, name]) => meeting.enter(topic, { peerId: name, data: `data of ${name}` })",
                        List.of(TOPIC, name));
    }

    /** Each member is connected to all others. */
    private static void assertFormed(Map<String, ClientPage> members) {
        members.forEach((name, page) -> {
            List<String> others = new ArrayList<>(members.keySet());
            others.remove(name);
            page.await("members() === '" + others.stream().sorted().collect(Collectors.joining(",")) + "'");
        });
    }

    @SuppressWarnings("unchecked") // as meeting.js has it
    private static List<String> roomLog(ClientPage page) {
        return (List<String>) page.value("roomLog");
    }
}
