package dev.parley.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.parley.http.ErrorReply.Problem;
import dev.parley.ice.IceServers.IceGrant;
import dev.parley.ice.IceServers.IceServer;
import dev.parley.ice.IceUri;
import dev.parley.ice.TurnSecret.TurnCredential;
import dev.parley.session.Candidate;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Listing;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.Session;
import dev.parley.session.TopicPage.TopicCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The replies of the native API. */
public final class Views {
    private static final String NEXT = "The cursor of the next page; null on the last one.";

    private Views() {}

    @Schema(name = "Joined", description = "The caller's side of a session.")
    @JsonInclude(Include.NON_NULL)
    public record JoinedView(
            Code code,
            @Schema(ref = "Side") String side,

            @Schema(description = "The secret of this side. Absent if the call needed it anyway.") @Nullable
            String sessionToken,

            @Schema(description = "The number of the last event of the caller's own part; read on behind it.")
            long seq,

            int generation,
            Instant expiresAt) {

        public static JoinedView of(Joined joined) {
            return new JoinedView(
                    joined.code(),
                    joined.side().word(),
                    joined.token() == null ? null : joined.token().secret(),
                    joined.seq(),
                    joined.generation(),
                    joined.expiresAt());
        }
    }

    @Schema(name = "Session", description = "One committed state of a session.")
    public record SessionView(
            Code code,
            @Nullable String topic,
            @Nullable String peerId,
            List<String> tags,
            int generation,

            @Schema(description = "The number of the last event.")
            long seq,

            Description offer,

            @Schema(description = "null while the generation is unanswered.") @Nullable
            Description answer,

            List<Candidate> offerCandidates,
            List<Candidate> answerCandidates,

            @Schema(description = "Whether the offerer has no more candidates.")
            boolean offerEnd,

            @Schema(description = "Whether the answerer has no more candidates.")
            boolean answerEnd,

            Instant createdAt,
            Instant expiresAt) {

        public static SessionView of(Session session) {
            return new SessionView(
                    session.code(),
                    session.topic(),
                    session.peerId(),
                    session.tags(),
                    session.generation(),
                    session.seq(),
                    requireNonNull(session.offerer().description()),
                    session.answerer().description(),
                    session.offerer().candidates(),
                    session.answerer().candidates(),
                    session.offerer().end(),
                    session.answerer().end(),
                    session.createdAt(),
                    session.expiresAt());
        }
    }

    @Schema(name = "Events")
    public record EventsView(
            List<EventView> events,

            @Schema(description = "The value of after for the next events.")
            long next) {

        public static EventsView of(List<Event> events, long after) {
            long next = events.isEmpty() ? after : events.get(events.size() - 1).seq();
            var views = new ArrayList<EventView>(events.size());
            for (Event event : events) {
                views.add(EventView.of(event));
            }
            return new EventsView(views, next);
        }
    }

    @Schema(
            name = "Event",
            description = "One change of a session. An offer, answer or candidate is in the field of that name. Clients"
                    + " waiting on a session that is deleted receive a closed event; it cannot be read afterwards.")
    @JsonInclude(Include.NON_NULL)
    public record EventView(
            long seq,

            @Schema(enumeration = {"offer", "answer", "candidate", "end-of-candidates", "closed"})
            String type,

            @Schema(ref = "Side") String side,
            int generation,
            @Nullable Description offer,
            @Nullable Description answer,
            @Nullable Candidate candidate) {

        public static EventView of(Event event) {
            return new EventView(
                    event.seq(),
                    type(event),
                    event.side().word(),
                    event.generation(),
                    event instanceof Event.Offered offered ? offered.offer() : null,
                    event instanceof Event.Answered answered ? answered.answer() : null,
                    event instanceof Event.Trickled trickled ? trickled.candidate() : null);
        }

        private static String type(Event event) {
            if (event instanceof Event.Trickled) {
                return "candidate";
            }
            if (event instanceof Event.EndOfCandidates) {
                return "end-of-candidates";
            }
            return event instanceof Event.Offered ? "offer" : event instanceof Event.Answered ? "answer" : "closed";
        }
    }

    @Schema(name = "Messages")
    public record MessagesView(List<MessageView> messages) {}

    @Schema(
            name = "Message",
            description =
                    "Events of a session, or changes of the sessions under a topic, or with problem the end of a watch.")
    @JsonInclude(Include.NON_NULL)
    public record MessageView(
            @Nullable String code,
            @Nullable String topic,
            @Nullable List<EventView> events,

            @Schema(description = "Sessions to add. The first message of a topic has all its sessions.") @Nullable
            List<Listing> opened,

            @Schema(description = "The codes of sessions to remove, before others are added.") @Nullable
            List<Code> gone,

            @Schema(description = "In a reply that is no stream: of the list of the topic.") @Nullable
            String etag,

            @Nullable Integer status,
            @Nullable Problem problem,

            @Schema(description = "Seconds after which the watch may succeed, as Retry-After.") @Nullable
            Integer retryAfter,

            @Schema(description = "Covers the message, as x-d1-bookmark.") @Nullable
            String bookmark) {

        public static MessageView events(String code, List<Event> events, String bookmark) {
            List<EventView> views = events.stream().map(EventView::of).toList();
            return new MessageView(code, null, views, null, null, null, null, null, null, bookmark);
        }

        public static MessageView sessions(
                String topic, List<Listing> opened, List<Code> gone, @Nullable String etag, String bookmark) {
            return new MessageView(null, topic, null, opened, gone, etag, null, null, null, bookmark);
        }

        public static MessageView refused(@Nullable String code, @Nullable String topic, ErrorReply refusal) {
            String retryAfter = refusal.headers().get("Retry-After");
            return new MessageView(
                    code,
                    topic,
                    null,
                    null,
                    null,
                    null,
                    refusal.status(),
                    (Problem) refusal.body(),
                    retryAfter == null ? null : Integer.valueOf(retryAfter),
                    null);
        }
    }

    @Schema(name = "Extended")
    public record ExtendedView(
            @Schema(description = "The granted end of the session.")
            Instant expiresAt) {}

    @Schema(name = "Sessions")
    public record ListingsView(
            List<Listing> items,

            @Schema(description = NEXT) @Nullable String next) {

        public static ListingsView of(Page<Listing> page) {
            return new ListingsView(page.items(), word(page.next()));
        }
    }

    @Schema(name = "Topics")
    public record TopicsView(
            List<TopicCount> items,

            @Schema(description = NEXT) @Nullable String next) {

        public static TopicsView of(Page<TopicCount> page) {
            return new TopicsView(page.items(), word(page.next()));
        }
    }

    private static @Nullable String word(@Nullable Cursor next) {
        return next == null ? null : next.word();
    }

    @Schema(name = "IceServers", description = "An RTCConfiguration (W3C WebRTC 1.0, section 4.2.1), and its end.")
    public record IceServersView(
            List<IceServerView> iceServers,

            @Schema(description = "When the credentials expire.")
            Instant expiresAt) {

        public static IceServersView of(IceGrant grant) {
            return new IceServersView(
                    grant.servers().stream().map(IceServerView::of).toList(), grant.expiresAt());
        }
    }

    @Schema(name = "IceServer")
    @JsonInclude(Include.NON_NULL)
    public record IceServerView(
            @Schema(description = "URIs as in RFC 7064 and RFC 7065.")
            List<String> urls,

            @Schema(description = "For a TURN server: its expiry in epoch seconds and a random name.") @Nullable
            String username,

            @Schema(description = "For a TURN server: the HMAC-SHA1 of the username, in base64.") @Nullable
            String credential) {

        public static IceServerView of(IceServer server) {
            TurnCredential credential = server.credential();
            return new IceServerView(
                    server.urls().stream().map(IceUri::text).toList(),
                    credential == null ? null : credential.username(),
                    credential == null ? null : credential.password());
        }
    }
}
