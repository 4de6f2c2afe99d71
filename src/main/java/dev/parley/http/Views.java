package dev.parley.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.parley.ice.IceServers.IceGrant;
import dev.parley.ice.IceServers.IceServer;
import dev.parley.ice.IceUri;
import dev.parley.ice.TurnCredential;
import dev.parley.session.Candidate;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Joined;
import dev.parley.session.Listing;
import dev.parley.session.Page;
import dev.parley.session.Session;
import dev.parley.session.TopicCount;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the native API replies with; {@code META-INF/openapi.yaml} describes each field to users. */
public final class Views {
    private Views() {}

    /** The caller's side of a session. */
    @JsonInclude(Include.NON_NULL)
    public record JoinedView(
            String code, String side, @Nullable String sessionToken, long seq, int generation, Instant expiresAt) {

        public static JoinedView of(Joined joined) {
            return new JoinedView(
                    joined.code().text(),
                    joined.side().word(),
                    joined.token() == null ? null : joined.token().secret(),
                    joined.seq(),
                    joined.generation(),
                    joined.expiresAt());
        }
    }

    /** One committed state of a session. */
    public record SessionView(
            String code,
            @Nullable String topic,
            @Nullable String peerId,
            List<String> tags,
            int generation,
            long seq,
            @Nullable Description offer,
            @Nullable Description answer,
            List<Candidate> offerCandidates,
            List<Candidate> answerCandidates,
            boolean offerEnd,
            boolean answerEnd,
            Instant createdAt,
            Instant expiresAt) {

        public static SessionView of(Session session) {
            return new SessionView(
                    session.code().text(),
                    session.topic(),
                    session.peerId(),
                    session.tags(),
                    session.generation(),
                    session.seq(),
                    session.offerer().description(),
                    session.answerer().description(),
                    session.offerer().candidates(),
                    session.answerer().candidates(),
                    session.offerer().end(),
                    session.answerer().end(),
                    session.createdAt(),
                    session.expiresAt());
        }
    }

    /** @param next what to send as {@code after} to see what follows */
    public record EventsView(List<EventView> events, long next) {

        public static EventsView of(List<Event> events, long after) {
            long next = events.isEmpty() ? after : events.get(events.size() - 1).seq();
            return new EventsView(events.stream().map(EventView::of).toList(), next);
        }
    }

    @JsonInclude(Include.NON_NULL)
    public record EventView(
            long seq,
            String type,
            String side,
            int generation,
            @Nullable Description offer,
            @Nullable Description answer,
            @Nullable Candidate candidate) {

        public static EventView of(Event event) {
            if (event instanceof Event.Offered offered) {
                return view(event, "offer", offered.offer(), null, null);
            }
            if (event instanceof Event.Answered answered) {
                return view(event, "answer", null, answered.answer(), null);
            }
            if (event instanceof Event.Trickled trickled) {
                return view(event, "candidate", null, null, trickled.candidate());
            }
            return view(event, event instanceof Event.Closed ? "closed" : "end-of-candidates", null, null, null);
        }

        private static EventView view(
                Event event,
                String type,
                @Nullable Description offer,
                @Nullable Description answer,
                @Nullable Candidate candidate) {
            return new EventView(event.seq(), type, event.side().word(), event.generation(), offer, answer, candidate);
        }
    }

    /** @param added how many candidates were new */
    public record TrickledView(long seq, int added) {}

    /** @param expiresAt the end that was granted */
    public record ExtendedView(Instant expiresAt) {}

    /** @param next the cursor that fetches what follows; null at the end */
    public record ListingsView(
            List<ListingView> items, @Nullable String next) {

        public static ListingsView of(Page<Listing> page) {
            return new ListingsView(
                    page.items().stream().map(ListingView::of).toList(),
                    page.next() == null ? null : page.next().word());
        }
    }

    public record ListingView(
            String code,
            String topic,
            @Nullable String peerId,
            List<String> tags,
            Instant createdAt,
            Instant expiresAt) {

        public static ListingView of(Listing listing) {
            return new ListingView(
                    listing.code().text(),
                    listing.topic(),
                    listing.peerId(),
                    listing.tags(),
                    listing.createdAt(),
                    listing.expiresAt());
        }
    }

    /** @param next the cursor that fetches what follows; null at the end */
    public record TopicsView(
            List<TopicCount> items, @Nullable String next) {

        public static TopicsView of(Page<TopicCount> page) {
            return new TopicsView(
                    page.items(), page.next() == null ? null : page.next().word());
        }
    }

    /** The member names are those of an RTCConfiguration, so that a page can hand it to a connection as it is. */
    public record IceServersView(List<IceServerView> iceServers, Instant expiresAt) {
        public static IceServersView of(IceGrant grant) {
            return new IceServersView(
                    grant.servers().stream().map(IceServerView::of).toList(), grant.expiresAt());
        }
    }

    @JsonInclude(Include.NON_NULL)
    public record IceServerView(
            List<String> urls,
            @Nullable String username,
            @Nullable String credential) {

        public static IceServerView of(IceServer server) {
            TurnCredential credential = server.credential();
            return new IceServerView(
                    server.urls().stream().map(IceUri::text).toList(),
                    credential == null ? null : credential.username(),
                    credential == null ? null : credential.password());
        }
    }
}
