package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers under one topic pair by {@code parley.meet}, and a host serves several guests by {@code parley.serve}. */
@ExtendWith(BrowserExtension.class)
class MeetingIT {
    private static final int ROUNDS = CampaignSize.of("parley.meeting.rounds", 200);
    private static final int DELAY_MILLIS_MAX = 200;

    private String topic = "";

    @BeforeEach
    void haveATopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName() + test.getDisplayName();
    }

    @Test
    void twoPeersMeetWhoeverComesFirst(Pages pages) {
        ClientPage page = withMeetings(pages, "pair");
        Random random = TestSeed.of(MeetingIT.class).random();
        for (int round = 0; round < ROUNDS; round++) {
            List<Integer> delays = switch (round % 3) {
                case 0 -> List.of(0, 0);
                case 1 -> List.of(0, random.nextInt(DELAY_MILLIS_MAX));
                default -> List.of(random.nextInt(DELAY_MILLIS_MAX), 0);
            };
            assertPaired(page, "round " + round + " with delays " + delays, topic + round, delays, Map.of());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void twoPeersMeetWhateverTheTransport(String transport, Pages pages) {
        ClientPage page = withMeetings(pages, transport);
        Map<String, Object> options = Map.of("transport", transport, "pollInterval", 50);
        assertPaired(page, "at once", topic + "at once", List.of(0, 0), options);
        assertPaired(page, "later", topic + "later", List.of(0, 500), options);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inACrowdOfOddNumberOnePeerStaysAlone(boolean fresh, Pages pages) {
        ClientPage page = withMeetings(pages, "crowd");
        Random random = TestSeed.of(MeetingIT.class).random();
        for (int round = 0; round < Math.max(1, ROUNDS / 20); round++) {
            List<Integer> delays = random.ints(5, 0, DELAY_MILLIS_MAX).boxed().toList();
            Map<String, Object> crowd = Map.of("topic", topic + round, "delays", delays, "pairs", 2, "fresh", fresh);
            assertPaired(page, "round " + round + " with delays " + delays, crowd, 1);
        }
    }

    /** The lease of the host that has crashed lasts longer than the test. */
    @Tag("slow")
    @Test
    void aHostThatHasCrashedIsPassedOver(Pages pages) {
        ClientPage host = withMeetings(pages, "host");
        ClientPage page = withMeetings(pages, "others");
        host.page().evaluate("(topic) => void new Parley(service).meet(topic, meeting.talker())", topic);
        page.page().evaluate("(topic) => new Parley(service).find(topic, { wait: true })", topic);
        host.crash();
        Map<String, Object> crowd = Map.of("topic", topic, "delays", List.of(0, 300), "pairs", 1, "fresh", true);
        assertPaired(page, "after a crash", crowd, 0);
    }

    @Tag("slow")
    @Test
    void anAbortedMeetingLeavesNothingListed(Pages pages) {
        ClientPage page = withMeetings(pages, "aborted");
        Random random = TestSeed.of(MeetingIT.class).random();
        List<Integer> delays = IntStream.range(0, ROUNDS)
                .map(i -> random.nextInt(DELAY_MILLIS_MAX))
                .boxed()
                .toList();
        Object reasons = page.page().evaluate("""
                        async ([topic, delays]) => {
                          const reasons = new Set();
                          for (const delay of delays) {
                            const signal = AbortSignal.timeout(delay);
                            const pc = meeting.talker();
                            await new Parley(service).meet(topic, pc, { signal }).catch(({ name }) => reasons.add(name));
                            pc.close();
                          }
                          await meeting.unlisted(topic);
                          return [...reasons];
                        }
                        """, List.of(topic, delays));
        assertThat(reasons).isEqualTo(List.of("TimeoutError"));
    }

    @Test
    void aHostServesFiveGuestsAtOnceAndStaysListed(Pages pages) {
        ClientPage host = withMeetings(pages, "host");
        ClientPage guests = withMeetings(pages, "guests");
        host.page().evaluate("""
                        (topic) => {
                          window.serving = new Parley(service).serve(topic, meeting.talker);
                          window.served = new Promise((resolve) => {
                            const served = [];
                            serving.addEventListener('session', async ({ detail: { session: { pc } } }) => {
                              const name = await pc.heard;
                              pc.channel.send(`for ${name}`);
                              if (served.push(name) === 5) {
                                resolve(served.sort());
                              }
                            });
                          });
                        }
                        """, topic);
        Object heard = guests.page().evaluate("""
                        (topic) => {
                          const parley = new Parley(service);
                          return Promise.all([1, 2, 3, 4, 5].map(async (name) => {
                            for (;;) {
                              const pc = meeting.talker();
                              try {
                                const [{ code }] = await parley.find(topic, { wait: true });
                                await (await parley.join(code, pc)).connected;
                              } catch {
                                pc.close(); // another guest was faster
                                continue;
                              }
                              pc.channel.send(`guest ${name}`);
                              return pc.heard;
                            }
                          }));
                        }
                        """, topic);
        assertThat(host.value("served")).isEqualTo(List.of("guest 1", "guest 2", "guest 3", "guest 4", "guest 5"));
        assertThat(heard).isEqualTo(List.of("for guest 1", "for guest 2", "for guest 3", "for guest 4", "for guest 5"));
        guests.page().evaluate("(topic) => new Parley(service).find(topic, { wait: true })", topic);
        host.value("serving.close()");
        guests.page().evaluate("(topic) => meeting.unlisted(topic)", topic);
    }

    static ClientPage withMeetings(Pages pages, String name) {
        ClientPage page = pages.openClient(name);
        page.value("useMeetings()");
        return page;
    }

    private static void assertPaired(
            ClientPage page, String round, String topic, List<Integer> delays, Map<String, Object> options) {
        assertPaired(page, round, Map.of("topic", topic, "delays", delays, "pairs", 1, "options", options), 0);
    }

    /** @param alone number of peers without a partner */
    @SuppressWarnings("unchecked") // as meeting.js has it
    private static void assertPaired(ClientPage page, String round, Map<String, Object> crowd, int alone) {
        var result = (Map<String, List<?>>) page.page().evaluate("(crowd) => meeting.crowd(crowd)", crowd);
        var met = (List<Map<String, Object>>) result.get("met");
        assertThat(met).as(round).hasSize(2 * (int) Objects.requireNonNull(crowd.get("pairs")));
        for (Map<String, Object> peer : met) {
            assertThat(met)
                    .as("partner of %s in %s", peer, round)
                    .filteredOn(other -> Objects.equals(other.get("name"), peer.get("partner")))
                    .singleElement()
                    .satisfies(partner -> {
                        assertThat(partner.get("partner")).isEqualTo(peer.get("name"));
                        assertThat(partner.get("code")).isEqualTo(peer.get("code"));
                        assertThat(partner.get("side")).isNotEqualTo(peer.get("side"));
                    });
        }
        assertThat(result.get("failures")).as(round).hasSize(alone).allMatch("AbortError"::equals);
        page.page().evaluate("(topic) => meeting.unlisted(topic)", crowd.get("topic"));
    }
}
