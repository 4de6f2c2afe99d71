package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.Workload.Role;
import dev.parley.campaigns.histories.Workload.Step;
import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The replies that a peer has received, and the request of each of its steps. */
final class PeerKnowledge {
    private static final int[] TTL_SECONDS = {3, 600, 3_600, 5};
    private static final int LIMIT = 100;
    private static final int VARIANTS = 4;
    private static final Operation.Listing[] LISTINGS = Operation.Listing.values();

    private final Role self;
    private final AtomicReference<@Nullable Freshness> handed;
    private @Nullable Freshness own;
    private final List<Operation.Tag> tags = new ArrayList<>();
    private int ttlSeconds;
    private long cursor;
    private @Nullable Integer generation;

    /** @param handed the bookmark that peers of a session pass to each other */
    PeerKnowledge(Role self, AtomicReference<@Nullable Freshness> handed) {
        this.self = self;
        this.handed = handed;
    }

    Operation call(Step step) {
        int variant = step.variant() % VARIANTS;
        int of = step.variant() / VARIANTS;
        String token = self.tokenless() ? null : self.name();
        return switch (step.deed()) {
            case OPEN -> open(token, variant, of);
            case ANSWER ->
                token == null
                        ? new Operation.Answer(null, said("answer", variant % 2), null, List.of(), false)
                        : new Operation.Answer(
                                token,
                                said("answer", variant % 2),
                                variant == 3 ? generation : null,
                                candidates(variant / 2 + 2 * of),
                                of == 1 && variant != 3);
            case TRICKLE ->
                token == null
                        ? new Operation.TrickleAs(side(variant), null, candidate(variant))
                        : new Operation.Trickle(token, candidates(variant), false, variant == 3 ? generation : null);
            case END -> new Operation.Trickle(self.name(), List.of(), true, null);
            case RESTART ->
                new Operation.Restart(self.name(), variant == 3 ? null : tag(of), said("offer", 1 + variant));
            case EXTEND -> new Operation.Extend(self.name(), TTL_SECONDS[variant]);
            case CLOSE -> new Operation.Close(self.name());
            case LOOK -> new Operation.ReadSession(variant < 2 ? tag(variant) : null);
            case FOLLOW -> new Operation.Follow(cursor, variant == 0 ? 2 : LIMIT, false);
            case WAIT -> new Operation.Follow(cursor, LIMIT, true);
            case POLL -> new Operation.Poll(self.side());
            case FIND -> new Operation.Find(LISTINGS[variant % LISTINGS.length], variant == 3 && of == 1 ? 1 : 0);
        };
    }

    /** Mostly a repetition with other candidates; sometimes with a difference that must be rejected. */
    private Operation.Open open(@Nullable String token, int variant, int of) {
        int topic = variant == 3 && of == 0 ? 1 : 0;
        if (token == null) {
            return new Operation.Open(null, said("offer", 0), List.of(), false, Operation.TTL_SECONDS_DEFAULT, topic);
        }
        ttlSeconds = ttlSeconds == 0 ? TTL_SECONDS[variant] : ttlSeconds;
        int asked = variant == 3 && of == 1 ? ttlSeconds + 1 : ttlSeconds;
        return new Operation.Open(token, said("offer", 0), candidates(variant), variant == 2, asked, topic);
    }

    /** The latest entity tag, or the oldest one, which may be that of an earlier session under the code. */
    private Operation.@Nullable Tag tag(int oldest) {
        return tags.isEmpty() ? null : tags.get(oldest == 0 ? tags.size() - 1 : 0);
    }

    Freshness since(Step step) {
        Freshness trusted = switch (step.trust()) {
            case NOBODY -> null;
            case ANYBODY -> new Freshness.Any();
            case ITSELF -> own;
            case OTHERS -> handed.get();
        };
        return trusted == null ? new Freshness.Latest() : trusted;
    }

    /** Records the reply to a call. */
    void received(int call, Operation operation, ReplyContext reply) {
        if (reply.bookmark() != null) {
            own = new Freshness.Bookmarked(call, reply.bookmark());
            handed.set(own);
        }
        OperationResult result = reply.result();
        if (result.tag() != null) {
            tags.add(new Operation.Tag(call, result.tag()));
        }
        if (result instanceof OperationResult.Joined joined) {
            cursor = joined.seq();
            generation = joined.generation();
        } else if (result instanceof OperationResult.Seen seen) {
            generation = seen.generation();
        } else if (result instanceof OperationResult.EventsRead events && operation instanceof Operation.Follow) {
            for (ObservedEvent event : events.events()) {
                cursor = event.type().equals(ObservedEvent.CLOSED) ? 0 : event.seq();
                generation = event.generation();
            }
        }
    }

    /** Mostly its own side; sometimes the other. */
    private Side side(int variant) {
        return variant == 3 ? self.side().other() : self.side();
    }

    private String said(String what, int variant) {
        return what + " " + self.name() + variant;
    }

    /** Few, so that many are repeated. */
    private List<String> candidates(int variant) {
        return switch (variant) {
            case 0 -> List.of(candidate(0));
            case 1 -> List.of(candidate(1), candidate(2));
            case 2 -> List.of(candidate(2), candidate(0), candidate(3));
            default -> List.of(candidate(3));
        };
    }

    private String candidate(int number) {
        return self.side().word().charAt(0) + "-" + self.name() + number;
    }
}
