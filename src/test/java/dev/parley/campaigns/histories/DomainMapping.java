package dev.parley.campaigns.histories;

import dev.parley.session.Candidate;
import dev.parley.session.Event;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.Session.SideState;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.Trickle;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maps the domain to the types of this package and back. */
final class DomainMapping {
    private DomainMapping() {}

    static OperationResult joined(Joined joined) {
        return new OperationResult.Joined(
                joined.seq(),
                joined.generation(),
                joined.expiresAt().toEpochMilli(),
                joined.replay(),
                tag(joined.version()));
    }

    static OperationResult seen(Session session) {
        return new OperationResult.Seen(
                session.generation(),
                session.seq(),
                content(session.offerer()),
                content(session.answerer()),
                session.expiresAt().toEpochMilli(),
                tag(session.version()));
    }

    static String tag(SessionVersion version) {
        return version.incarnation() + " " + version.seq() + " "
                + version.expiresAt().toEpochMilli();
    }

    static @Nullable List<SessionVersion> versions(Operation.@Nullable Tag tag) {
        if (tag == null) {
            return null;
        }
        List<Long> parts =
                Arrays.stream(tag.text().split(" ", -1)).map(Long::valueOf).toList();
        return List.of(new SessionVersion(parts.get(0), parts.get(1), Instant.ofEpochMilli(parts.get(2))));
    }

    static OperationResult events(List<Event> events) {
        return new OperationResult.EventsRead(
                events.stream().map(DomainMapping::observed).toList());
    }

    static ObservedEvent observed(Event event) {
        String type = ObservedEvent.CLOSED;
        String text = null;
        if (event instanceof Event.Offered offered) {
            type = ObservedEvent.OFFER;
            text = offered.offer().text();
        } else if (event instanceof Event.Answered answered) {
            type = ObservedEvent.ANSWER;
            text = answered.answer().text();
        } else if (event instanceof Event.Trickled trickled) {
            type = ObservedEvent.CANDIDATE;
            text = text(trickled.candidate());
        } else if (event instanceof Event.EndOfCandidates) {
            type = ObservedEvent.END;
        }
        return new ObservedEvent(event.seq(), type, event.side(), event.generation(), text);
    }

    /** A session of another code under this topic would be a leak. */
    static OperationResult found(SessionKey key, List<Waiting> waiting) {
        if (waiting.isEmpty()) {
            return new OperationResult.Found(false, null);
        }
        boolean own = waiting.size() == 1 && waiting.get(0).code().equals(key.code());
        return own
                ? new OperationResult.Found(
                        true,
                        new OperationResult.SideRead(content(waiting.get(0).offerer()), true))
                : new OperationResult.Broken("found what is not under the topic: " + waiting);
    }

    static SideContent content(SideState said) {
        return new SideContent(
                said.description() == null ? null : said.description().text(),
                said.candidates().stream().map(DomainMapping::text).toList(),
                said.end());
    }

    private static String text(Candidate candidate) {
        return candidate.text().substring(1, candidate.text().length() - 1);
    }

    static Trickle trickle(List<String> candidates, boolean end) {
        return new Trickle(
                candidates.stream()
                        .map(text -> new Candidate(('"' + text + '"').getBytes(StandardCharsets.UTF_8)))
                        .toList(),
                end);
    }

    /** @param number 0 or 1; neither begins with the other */
    static String topic(SessionKey key, int number) {
        return "topic " + number + " of " + key.code() + ".";
    }

    static @Nullable SessionToken token(@Nullable String whose) {
        return whose == null ? null : new SessionToken("the-own-secret-of-peer-" + whose);
    }
}
