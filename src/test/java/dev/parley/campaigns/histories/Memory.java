package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.Script.Role;
import dev.parley.campaigns.histories.Script.Step;
import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a peer has heard of the session, and what it makes of a step with that. */
final class Memory {
    private static final int[] TTL_SECONDS = {3, 600, 3_600, 5};
    private static final int LIMIT = 100;
    private static final int VARIANTS = 4;
    private static final Ask.Listing[] LISTINGS = Ask.Listing.values();

    private final Role self;
    private final AtomicReference<@Nullable Since> handed;
    private @Nullable Since own;
    private final List<Ask.Tag> tags = new ArrayList<>();
    private int ttlSeconds;
    private long cursor;
    private @Nullable Integer generation;

    /** @param handed the bookmark that one peer hands to the next; all of a session share it */
    Memory(Role self, AtomicReference<@Nullable Since> handed) {
        this.self = self;
        this.handed = handed;
    }

    Ask ask(Step step) {
        int variant = step.variant() % VARIANTS;
        int of = step.variant() / VARIANTS;
        String token = self.tokenless() ? null : self.name();
        return switch (step.deed()) {
            case OPEN -> open(token, variant, of);
            case ANSWER ->
                token == null
                        ? new Ask.Answer(null, said("answer", variant % 2), null, List.of(), false)
                        : new Ask.Answer(
                                token,
                                said("answer", variant % 2),
                                variant == 3 ? generation : null,
                                candidates(variant / 2 + 2 * of),
                                of == 1 && variant != 3);
            case TRICKLE ->
                token == null
                        ? new Ask.TrickleAs(side(variant), null, candidate(variant))
                        : new Ask.Trickle(token, candidates(variant), false, variant == 3 ? generation : null);
            case END -> new Ask.Trickle(self.name(), List.of(), true, null);
            case RESTART -> new Ask.Restart(self.name(), variant == 3 ? null : tag(of), said("offer", 1 + variant));
            case EXTEND -> new Ask.Extend(self.name(), TTL_SECONDS[variant]);
            case CLOSE -> new Ask.Close(self.name());
            case LOOK -> new Ask.Look(variant < 2 ? tag(variant) : null);
            case FOLLOW -> new Ask.Follow(cursor, variant == 0 ? 2 : LIMIT, false);
            case WAIT -> new Ask.Follow(cursor, LIMIT, true);
            case POLL -> new Ask.Poll(self.side());
            case FIND -> new Ask.Find(LISTINGS[variant % LISTINGS.length], variant == 3 && of == 1 ? 1 : 0);
        };
    }

    /** Mostly as before, but for the candidates; now and then it differs in what must not. */
    private Ask.Open open(@Nullable String token, int variant, int of) {
        int topic = variant == 3 && of == 0 ? 1 : 0;
        if (token == null) {
            return new Ask.Open(null, said("offer", 0), List.of(), false, Ask.TTL_SECONDS_DEFAULT, topic);
        }
        ttlSeconds = ttlSeconds == 0 ? TTL_SECONDS[variant] : ttlSeconds;
        int asked = variant == 3 && of == 1 ? ttlSeconds + 1 : ttlSeconds;
        return new Ask.Open(token, said("offer", 0), candidates(variant), variant == 2, asked, topic);
    }

    /** The entity tag that came last, or the oldest one, which may be another session's that had the code. */
    private Ask.@Nullable Tag tag(int oldest) {
        return tags.isEmpty() ? null : tags.get(oldest == 0 ? tags.size() - 1 : 0);
    }

    Since since(Step step) {
        Since trusted = switch (step.trust()) {
            case NOBODY -> null;
            case ANYBODY -> new Since.Ever();
            case ITSELF -> own;
            case OTHERS -> handed.get();
        };
        return trusted == null ? new Since.Now() : trusted;
    }

    /** Remembers what a call has brought. */
    void heard(int call, Ask ask, Reply reply) {
        if (reply.bookmark() != null) {
            own = new Since.Told(call, reply.bookmark());
            handed.set(own);
        }
        Told told = reply.told();
        if (told.tag() != null) {
            tags.add(new Ask.Tag(call, told.tag()));
        }
        if (told instanceof Told.Joined joined) {
            cursor = joined.seq();
            generation = joined.generation();
        } else if (told instanceof Told.Seen seen) {
            generation = seen.generation();
        } else if (told instanceof Told.Happened happened && ask instanceof Ask.Follow) {
            for (Happening event : happened.events()) {
                cursor = event.type().equals(Happening.CLOSED) ? 0 : event.seq();
                generation = event.generation();
            }
        }
    }

    /** Mostly its own; now and then it tries to speak for the other. */
    private Side side(int variant) {
        return variant == 3 ? self.side().other() : self.side();
    }

    private String said(String what, int variant) {
        return what + " " + self.name() + variant;
    }

    /** Few to choose from, so that many are repeated. */
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
