package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.AcknowledgedWrite.Fate;
import dev.parley.packaged.AcknowledgedWrite.Kind;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The writes that peers have sent to one session; checks that a server has every acknowledged one. */
public final class AcknowledgedSession {
    private final String code;
    private final Collection<AcknowledgedWrite> writes = new ConcurrentLinkedQueue<>();

    AcknowledgedSession(String code) {
        this.code = code;
    }

    String code() {
        return code;
    }

    /** Records {@code write} before it is sent. */
    AcknowledgedWrite remember(AcknowledgedWrite write) {
        writes.add(write);
        return write;
    }

    Optional<AcknowledgedWrite> acknowledged(Kind kind) {
        return writes.stream()
                .filter(write -> write.kind() == kind && write.fate() == Fate.ACKNOWLEDGED)
                .findFirst();
    }

    /**
     * Checks that each acknowledged write has the events and numbers of its acknowledgement, that a write without a reply is present
     * completely or not at all, and that there are no other events.
     */
    public void assertKeptBy(ParleyClient client) {
        assertKeptBy(client, Long.MAX_VALUE);
    }

    /** The same for a server with the state of {@code moment}: later acknowledgements count as no reply. */
    public void assertKeptBy(ParleyClient client, long moment) {
        List<AcknowledgedEvent> found = found(client, moment);
        long explained = 0;
        for (AcknowledgedWrite write : writes) {
            List<AcknowledgedEvent> events = write.events();
            boolean present = switch (write.fateAt(moment)) {
                case ACKNOWLEDGED -> {
                    assertThat(found).as("%s has %s", this, write).hasSizeGreaterThanOrEqualTo((int) write.lastSeq());
                    int end = (int) write.lastSeq();
                    assertThat(found.subList(end - events.size(), end))
                            .as("%s has %s", this, write)
                            .isEqualTo(events);
                    yield true;
                }
                case UNKNOWN -> isWholly(write, found);
                case REFUSED -> false;
            };
            explained += present ? events.size() : 0;
        }
        assertThat(found)
                .as("%s has only events that were written: %s", this, writes)
                .hasSize((int) explained);
    }

    private boolean isWholly(AcknowledgedWrite write, List<AcknowledgedEvent> found) {
        boolean present = Collections.indexOfSubList(found, write.events()) >= 0;
        if (!present) {
            assertThat(found)
                    .as("%s has %s completely or not at all", this, write)
                    .doesNotContainAnyElementsOf(write.events());
        }
        return present;
    }

    /**
     * Repeats each write without a reply twice, as a client does: it takes effect once, unless it is an answer and another peer's was
     * first.
     */
    void assertRepeatable(ParleyClient client) {
        writes.stream().filter(write -> write.fate() == Fate.UNKNOWN).forEach(write -> assertRepeatable(write, client));
    }

    private void assertRepeatable(AcknowledgedWrite write, ParleyClient client) {
        List<AcknowledgedEvent> before = found(client);
        boolean wasThere = isWholly(write, before);
        if (write.kind() == Kind.ANSWER && !wasThere && before.stream().anyMatch(AcknowledgedEvent::isAnswer)) {
            assertThat(write.sendAgain(client).status())
                    .as("%s, too late", write)
                    .isEqualTo(409);
            assertThat(found(client)).isEqualTo(before);
            return;
        }
        ServerReply first = write.sendAgain(client);
        assertThat(first.status()).as("%s again: %s", write, first).isEqualTo(success(write, wasThere));
        List<AcknowledgedEvent> after = found(client);
        assertThat(isWholly(write, after)).as("%s was done", write).isTrue();

        ServerReply second = write.sendAgain(client);
        assertThat(second.status()).as("%s yet again: %s", write, second).isEqualTo(success(write, true));
        assertThat(found(client)).as("%s, once", write).isEqualTo(after);
    }

    private static int success(AcknowledgedWrite write, boolean replay) {
        boolean reportsReplays = write.kind() == Kind.OPEN || write.kind() == Kind.ANSWER;
        return reportsReplays && replay ? 200 : 201;
    }

    /** An accepted answer is final. */
    void assertAnsweredForGood(ParleyClient client) {
        if (acknowledged(Kind.ANSWER).isPresent()) {
            List<AcknowledgedEvent> before = found(client);
            ServerReply late = client.answer(code, "a-late-rivals-own-secret", "a late rival's answer", List.of());
            assertThat(late.status())
                    .as("A rival's answer to %s: %s", this, late)
                    .isEqualTo(409);
            assertThat(found(client)).isEqualTo(before);
        }
    }

    private List<AcknowledgedEvent> found(ParleyClient client) {
        return found(client, Long.MAX_VALUE);
    }

    private List<AcknowledgedEvent> found(ParleyClient client, long moment) {
        ServerReply reply = client.events(code);
        boolean mayBeMissing = writes.stream()
                .noneMatch(write -> write.kind() == Kind.OPEN && write.fateAt(moment) == Fate.ACKNOWLEDGED);
        if (reply.status() == 404 && mayBeMissing) {
            return List.of();
        }
        assertThat(reply.status()).as("%s: %s", this, reply).isEqualTo(200);
        return AcknowledgedEvent.denselyNumbered(reply);
    }

    @Override
    public String toString() {
        return "session " + code;
    }
}
