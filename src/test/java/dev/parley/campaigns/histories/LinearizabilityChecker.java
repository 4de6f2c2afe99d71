package dev.parley.campaigns.histories;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Searches for an order of the calls of one session, each at one moment between its begin and its end, that explains all replies. If there
 * is one, the session was linearizable.
 *
 * <p>The search is that of Wing and Gong with Lowe's memory: it continues with a call that began before the first end of the remaining
 * ones, and does not repeat a set of calls that led to the same state. A call that changes nothing, by its kind or its reply, is taken as
 * soon as the model explains it, because any order with it later is valid with it here.
 *
 * <p>The reply of a replica may be explained by an earlier state, but not by one before the state of the call whose reply has its bookmark.
 * The earliest possible state is chosen; it restricts later reads with its bookmark least. A replica may also be ahead, because PostgreSQL
 * shows a commit there shortly before the primary does; such a reply may be explained by a later state whose call had begun.
 *
 * <p>An entity tag is opaque. It stands for the state of the call whose reply has it, so a condition holds in that state and in equal ones. A
 * call whose tag is used later is not taken as soon as it is explained: another state may explain it as well, and the condition decides.
 */
final class LinearizabilityChecker {
    /** Maximum calls of a session. */
    static final int CALLS_MAX = 64;

    /** Maximum places of a search; a longer one is undecided. */
    private static final int PLACES_MAX = 1_000_000;

    private final List<Invocation> calls;
    private final int[] slots;

    /** A bit for each call whose entity tag another call uses. */
    private final long named;

    private final Set<Place> been = new HashSet<>();
    private Place farthest;

    /**
     * A place of the search.
     *
     * @param done a bit for each call
     * @param stood the version of each call that is done
     */
    private record Place(long done, ModelHistory past, List<Integer> stood) {
        boolean isDone(int call) {
            return (done & (1L << call)) != 0;
        }

        int size() {
            return Long.bitCount(done);
        }

        Place with(int call, ModelHistory then, int version) {
            var more = new ArrayList<>(stood);
            more.set(call, version);
            return new Place(done | (1L << call), then, more);
        }
    }

    /** The result: an order, none, or undecided. */
    sealed interface Verdict {
        /** @param places the number of places searched */
        record Order(int places) implements Verdict {}

        /**
         * There is no order.
         *
         * @param explained the calls of the longest order
         * @param past the state after them
         */
        record None(List<Invocation> explained, ModelHistory past) implements Verdict {}

        record Undecided(int places) implements Verdict {}
    }

    private LinearizabilityChecker(List<Invocation> calls) {
        this.calls = calls;
        this.slots = slots(calls);
        this.named = named(calls);
        this.farthest = new Place(0, ModelHistory.BEGINNING, Collections.nCopies(calls.size(), 0));
    }

    /** Checks the calls of one session. */
    static Verdict of(List<Invocation> calls) {
        List<Invocation> telling = calls.stream()
                .filter(call -> call.isToBeExplained() || !call.operation().onlyReads())
                .toList();
        if (telling.size() > CALLS_MAX) {
            return new Verdict.Undecided(0);
        }
        return new LinearizabilityChecker(telling).search();
    }

    /** The index of each call by its number. */
    private static int[] slots(List<Invocation> calls) {
        int highest = calls.stream().mapToInt(Invocation::number).max().orElse(0);
        var slots = new int[highest + 1];
        Arrays.fill(slots, -1);
        for (int slot = 0; slot < calls.size(); slot++) {
            slots[calls.get(slot).number()] = slot;
        }
        return slots;
    }

    private long named(List<Invocation> calls) {
        long named = 0;
        for (Invocation call : calls) {
            int slot = slot(call.operation().tag());
            named |= slot < 0 ? 0 : 1L << slot;
        }
        return named;
    }

    /** The slot of the call of the tag, or −1 if it or its reply is missing. */
    private int slot(Operation.@Nullable Tag tag) {
        int slot = tag != null && tag.call() < slots.length ? slots[tag.call()] : -1;
        return slot >= 0 && calls.get(slot).reply() != null ? slot : -1;
    }

    private Verdict search() {
        Boolean found = from(farthest);
        if (found == null) {
            return new Verdict.Undecided(been.size());
        }
        if (found) {
            return new Verdict.Order(been.size());
        }
        List<Invocation> explained = calls.stream()
                .filter(call -> farthest.isDone(calls.indexOf(call)))
                .toList();
        return new Verdict.None(explained, farthest.past);
    }

    /** Whether the rest can be ordered; null if undecided. */
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
        long first = Invocation.NEVER;
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
                Invocation one = calls.get(call);
                if (!place.isDone(call) && isTakenAtOnce(call, place) && one.begin() < firstEnd) {
                    List<Integer> versions = versionsThatExplain(one, place);
                    if (!versions.isEmpty()) {
                        place = place.with(call, place.past, versions.get(0));
                        more = true;
                    }
                }
            }
        }
        return place;
    }

    /** Whether the call changes nothing and no other reply depends on its place. */
    private boolean isTakenAtOnce(int call, Place place) {
        Invocation one = calls.get(call);
        int tagged = slot(one.operation().tag());
        return one.changesNothing() && (named & (1L << call)) == 0 && (tagged < 0 || place.isDone(tagged));
    }

    /** The versions that explain a call that changed nothing, the earliest first. */
    private List<Integer> versionsThatExplain(Invocation call, Place place) {
        var versions = new ArrayList<Integer>();
        if (call.reply() == null || !isReady(call, place)) {
            return versions;
        }
        int latest = place.past.version();
        int earliest = call.mayBeBehind() ? floor(call, place) : latest;
        for (int version = earliest; version <= latest; version++) {
            ModelHistory past = place.past.at(version);
            if (call.mayBeBehind() && past.begun() >= call.end()) {
                return versions;
            }
            Model moment = past.moment();
            boolean explained = meets(call, moment, place).stream().anyMatch(meets -> explains(moment, call, meets));
            if (explained && agrees(moment, call, place)) {
                versions.add(version);
            }
        }
        return versions;
    }

    private static boolean explains(Model moment, Invocation call, boolean meets) {
        OperationResult result = Objects.requireNonNull(call.result());
        return call.clock().stream().anyMatch(now -> moment.explains(call.operation(), meets, now, result));
    }

    /** Whether the state, as that of the tag in the reply, is consistent with the calls that used the tag already. */
    private boolean agrees(Model moment, Invocation call, Place place) {
        if (call.result() == null || call.result().tag() == null) {
            return true;
        }
        Model.State state = moment.tagged(call.result());
        for (int other = 0; other < calls.size(); other++) {
            Invocation later = calls.get(other);
            Operation.Tag tag = later.operation().tag();
            if (tag != null && tag.call() == call.number() && place.isDone(other)) {
                Model stood = place.past.at(place.stood.get(other)).moment();
                if (stood.is(state) && !explains(stood, later, true)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Whether the states of the bookmark and the entity tag of the call are known. The tag of a replica that is ahead stands for a state to come.
     */
    private boolean isReady(Invocation call, Place place) {
        int bookmarked = call.operation().onlyReads() ? bookmarked(call) : -1;
        int tagged = slot(call.operation().tag());
        return (bookmarked < 0 || place.isDone(bookmarked))
                && (tagged < 0 || place.isDone(tagged) || calls.get(tagged).mayBeBehind());
    }

    /** Whether the state satisfies the condition of the call; either is possible if the state of the tag is unknown. */
    private List<Boolean> meets(Invocation call, Model moment, Place place) {
        int slot = slot(call.operation().tag());
        if (call.operation().tag() == null) {
            return List.of(true);
        }
        if (slot < 0) {
            return List.of(true, false);
        }
        if (!place.isDone(slot)) {
            return List.of(false);
        }
        OperationResult result = Objects.requireNonNull(calls.get(slot).result());
        Model stood = place.past.at(place.stood.get(slot)).moment();
        return List.of(moment.is(stood.tagged(result)));
    }

    /** The oldest version that the call may return. */
    private int floor(Invocation call, Place place) {
        int slot = bookmarked(call);
        return slot < 0 ? 0 : place.stood.get(slot);
    }

    /** The slot of the call whose bookmark applies, or −1. */
    private int bookmarked(Invocation call) {
        return call.since() instanceof Freshness.Bookmarked result
                        && call.reply() != null
                        && !call.reply().reset()
                        && result.call() < slots.length
                ? slots[result.call()]
                : -1;
    }

    /** The next places of a call that may change something. Without a reply it may also have had no effect. */
    private List<Place> steps(Place place, int number) {
        Invocation call = calls.get(number);
        if (call.changesNothing()) {
            return isTakenAtOnce(number, place)
                    ? List.of()
                    : versionsThatExplain(call, place).stream()
                            .map(version -> place.with(number, place.past, version))
                            .toList();
        }
        var steps = new ArrayList<Place>();
        if (!isReady(call, place)) {
            return steps;
        }
        Model moment = place.past.moment();
        for (Model.Outcome outcome : outcomes(call, moment, meets(call, moment, place))) {
            boolean same = outcome.after().equals(moment);
            boolean expected =
                    call.reply() == null ? !same : call.reply().result().fits(outcome.result());
            if (expected) {
                ModelHistory then = same ? place.past : place.past.then(outcome.after(), call.begin());
                Place next = place.with(number, then, then.version());
                if (!steps.contains(next)) {
                    steps.add(next);
                }
            }
        }
        return steps;
    }

    private static List<Model.Outcome> outcomes(Invocation call, Model moment, List<Boolean> meets) {
        var outcomes = new LinkedHashSet<Model.Outcome>();
        for (long now : call.clock()) {
            if (call.operation() instanceof Operation.Open) {
                call.clock().stream()
                        .filter(begun -> begun <= now)
                        .forEach(begun -> outcomes.add(moment.call(call.operation(), true, now, begun)));
            } else {
                meets.forEach(met -> outcomes.add(moment.call(call.operation(), met, now)));
            }
        }
        return List.copyOf(outcomes);
    }
}
