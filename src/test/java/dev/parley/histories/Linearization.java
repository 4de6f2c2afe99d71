package dev.parley.histories;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order in which the calls of one session can have been done one after another, each at one moment between its
 * begin and its end, with the replies that came. Where there is one, the session was linearizable; where there is none it was
 * not, whatever happened inside.
 *
 * <p>The search is Wing and Gong's, with Lowe's memory of where it has been: it goes forward by a call that may be next, namely
 * one that began before the first end among those that are left; and a set of calls that led to the same past before is not
 * looked at again. Two things keep it short. A call that never changes anything, by its kind or its reply, is taken as soon as the
 * model explains it: any order that has it later can have it here as well. And a session is small.
 *
 * <p>A reply of a replica may be explained by an earlier moment, but by none before that which the call's bookmark names: the
 * moment at which the call stood whose reply brought the bookmark. Of the moments that would do, the earliest is taken; it asks
 * least of those who read behind that bookmark. A replica may also be ahead, for PostgreSQL's show a commit a moment before the
 * primary does; so its reply may be explained by a later moment, too, if only the call that made it had begun. Who brings the
 * bookmark of such a reply has its place behind that moment.
 */
final class Linearization {
    /** As many calls as a session's history may have; more are a mistake of the script. */
    static final int CALLS_MAX = 64;

    /** A search that has been at so many places ends undecided. */
    private static final int PLACES_MAX = 1_000_000;

    private final List<Call> calls;
    private final int[] slots;
    private final Set<Place> been = new HashSet<>();
    private Place farthest;

    /**
     * Where a search stands.
     *
     * @param done a bit for each call
     * @param stood at which version each call stood that is done
     */
    private record Place(long done, Past past, List<Integer> stood) {
        boolean isDone(int call) {
            return (done & (1L << call)) != 0;
        }

        int size() {
            return Long.bitCount(done);
        }

        Place with(int call, Past then, int version) {
            var more = new ArrayList<>(stood);
            more.set(call, version);
            return new Place(done | (1L << call), then, more);
        }
    }

    /** What was found: an order, none, or that it would take too long. */
    sealed interface Verdict {
        /** @param places how many places were looked at */
        record Order(int places) implements Verdict {}

        /**
         * There is no order.
         *
         * @param explained those that the longest try could put in order
         * @param past where the session stood behind them
         */
        record None(List<Call> explained, Past past) implements Verdict {}

        record Undecided(int places) implements Verdict {}
    }

    private Linearization(List<Call> calls) {
        this.calls = calls;
        this.slots = slots(calls);
        this.farthest = new Place(0, Past.BEGINNING, Collections.nCopies(calls.size(), 0));
    }

    /** Decides on the calls of one session. */
    static Verdict of(List<Call> calls) {
        List<Call> telling = calls.stream()
                .filter(call -> call.isToBeExplained() || !call.ask().onlyReads())
                .toList();
        if (telling.size() > CALLS_MAX) {
            return new Verdict.Undecided(0);
        }
        return new Linearization(telling).search();
    }

    /** The place of each call by its number. */
    private static int[] slots(List<Call> calls) {
        int highest = calls.stream().mapToInt(Call::number).max().orElse(0);
        var slots = new int[highest + 1];
        Arrays.fill(slots, -1);
        for (int slot = 0; slot < calls.size(); slot++) {
            slots[calls.get(slot).number()] = slot;
        }
        return slots;
    }

    private Verdict search() {
        Boolean found = from(farthest);
        if (found == null) {
            return new Verdict.Undecided(been.size());
        }
        if (found) {
            return new Verdict.Order(been.size());
        }
        List<Call> explained = calls.stream()
                .filter(call -> farthest.isDone(calls.indexOf(call)))
                .toList();
        return new Verdict.None(explained, farthest.past);
    }

    /** Whether all can be put in order from here on; null where that would take too long. */
    private @Nullable Boolean from(Place start) {
        Place place = withAllThatChangesNothing(start);
        if (place.size() > farthest.size()) {
            farthest = place;
        }
        if (isWhole(place)) {
            return true;
        }
        if (!been.add(place)) {
            return false;
        }
        if (been.size() > PLACES_MAX) {
            return null;
        }
        long firstEnd = firstEnd(place);
        for (int call = 0; call < calls.size(); call++) {
            if (!place.isDone(call) && calls.get(call).begin() < firstEnd) {
                for (Place next : steps(place, call)) {
                    Boolean found = from(next);
                    if (found == null || found) {
                        return found;
                    }
                }
            }
        }
        return false;
    }

    private boolean isWhole(Place place) {
        for (int call = 0; call < calls.size(); call++) {
            if (!place.isDone(call) && calls.get(call).reply() != null) {
                return false;
            }
        }
        return true;
    }

    private long firstEnd(Place place) {
        long first = Call.NEVER;
        for (int call = 0; call < calls.size(); call++) {
            if (!place.isDone(call) && !calls.get(call).mayBeBehind()) {
                first = Math.min(first, calls.get(call).end());
            }
        }
        return first;
    }

    private Place withAllThatChangesNothing(Place start) {
        Place place = start;
        boolean more = true;
        while (more) {
            more = false;
            long firstEnd = firstEnd(place);
            for (int call = 0; call < calls.size(); call++) {
                Call one = calls.get(call);
                if (!place.isDone(call) && one.changesNothing() && one.begin() < firstEnd && hasBookmark(one, place)) {
                    int version = versionThatExplains(one, place);
                    if (version >= 0) {
                        place = place.with(call, place.past, version);
                        more = true;
                    }
                }
            }
        }
        return place;
    }

    /** The earliest version that explains a call which changed nothing, or −1. */
    private int versionThatExplains(Call call, Place place) {
        int latest = place.past.version();
        int earliest = call.mayBeBehind() ? floor(call, place) : latest;
        for (int version = earliest; version <= latest; version++) {
            Past past = place.past.at(version);
            if (call.mayBeBehind() && past.begun() >= call.end()) {
                return -1;
            }
            Moment moment = past.moment();
            for (long now : call.clock()) {
                if (call.reply() != null
                        && moment.explains(call.ask(), now, call.reply().told())) {
                    return version;
                }
            }
        }
        return -1;
    }

    /** Whether it is known where the call stood whose bookmark a read brings. */
    private boolean hasBookmark(Call call, Place place) {
        int slot = call.ask().onlyReads() ? bookmarked(call) : -1;
        return slot < 0 || place.isDone(slot);
    }

    /** What the call must show at least. */
    private int floor(Call call, Place place) {
        int slot = bookmarked(call);
        return slot < 0 ? 0 : place.stood.get(slot);
    }

    /** The slot of the call whose bookmark binds this one, or −1. */
    private int bookmarked(Call call) {
        return call.since() instanceof Since.Told told
                        && call.reply() != null
                        && !call.reply().reset()
                        && told.call() < slots.length
                ? slots[told.call()]
                : -1;
    }

    /** Where the call may lead, for one that may change something. Without a reply it may as well not have been done. */
    private List<Place> steps(Place place, int number) {
        Call call = calls.get(number);
        if (call.changesNothing()) {
            return List.of();
        }
        Moment moment = place.past.moment();
        var steps = new ArrayList<Place>();
        for (Moment.Outcome outcome : outcomes(call, moment)) {
            boolean same = outcome.after().equals(moment);
            boolean expected =
                    call.reply() == null ? !same : call.reply().told().fits(outcome.told());
            if (expected) {
                Past then = same ? place.past : place.past.then(outcome.after(), call.begin());
                Place next = place.with(number, then, then.version());
                if (!steps.contains(next)) {
                    steps.add(next);
                }
            }
        }
        return steps;
    }

    private static List<Moment.Outcome> outcomes(Call call, Moment moment) {
        var outcomes = new LinkedHashSet<Moment.Outcome>();
        for (long now : call.clock()) {
            if (call.ask() instanceof Ask.Open) {
                call.clock().stream()
                        .filter(begun -> begun <= now)
                        .forEach(begun -> outcomes.add(moment.ask(call.ask(), now, begun)));
            } else {
                outcomes.add(moment.ask(call.ask(), now));
            }
        }
        return List.copyOf(outcomes);
    }
}
