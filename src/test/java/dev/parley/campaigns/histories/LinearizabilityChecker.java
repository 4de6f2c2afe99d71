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
    private static final int STATES_MAX = 1_000_000;

    private final List<Invocation> calls;
    private final int[] slots;

    /** A bit for each call whose entity tag another call uses. */
    private final long named;

    private final Set<SearchState> visited = new HashSet<>();
    private SearchState farthest;

    /**
     * A state of the search.
     *
     * @param done a bit for each call
     * @param versions the version of each call that is done
     */
    private record SearchState(long done, ModelHistory past, List<Integer> versions) {
        boolean isDone(int call) {
            return (done & (1L << call)) != 0;
        }

        int size() {
            return Long.bitCount(done);
        }

        SearchState with(int call, ModelHistory then, int version) {
            var more = new ArrayList<>(versions);
            more.set(call, version);
            return new SearchState(done | (1L << call), then, more);
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
        this.farthest = new SearchState(0, ModelHistory.BEGINNING, Collections.nCopies(calls.size(), 0));
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
            return new Verdict.Undecided(visited.size());
        }
        if (found) {
            return new Verdict.Order(visited.size());
        }
        List<Invocation> explained = calls.stream()
                .filter(call -> farthest.isDone(calls.indexOf(call)))
                .toList();
        return new Verdict.None(explained, farthest.past);
    }

    /** Whether the rest can be ordered; null if undecided. */
    private @Nullable Boolean from(SearchState start) {
        SearchState state = withAllThatChangesNothing(start);
        if (state.size() > farthest.size()) {
            farthest = state;
        }
        if (isWhole(state)) {
            return true;
        }
        if (!visited.add(state)) {
            return false;
        }
        if (visited.size() > STATES_MAX) {
            return null;
        }
        long firstEnd = firstEnd(state);
        for (int call = 0; call < calls.size(); call++) {
            if (!state.isDone(call) && calls.get(call).begin() < firstEnd) {
                for (SearchState next : steps(state, call)) {
                    Boolean found = from(next);
                    if (found == null || found) {
                        return found;
                    }
                }
            }
        }
        return false;
    }

    private boolean isWhole(SearchState state) {
        for (int call = 0; call < calls.size(); call++) {
            if (!state.isDone(call) && calls.get(call).reply() != null) {
                return false;
            }
        }
        return true;
    }

    private long firstEnd(SearchState state) {
        long first = Invocation.NEVER;
        for (int call = 0; call < calls.size(); call++) {
            if (!state.isDone(call) && !calls.get(call).mayBeBehind()) {
                first = Math.min(first, calls.get(call).end());
            }
        }
        return first;
    }

    private SearchState withAllThatChangesNothing(SearchState start) {
        SearchState state = start;
        boolean more = true;
        while (more) {
            more = false;
            long firstEnd = firstEnd(state);
            for (int call = 0; call < calls.size(); call++) {
                Invocation one = calls.get(call);
                if (!state.isDone(call) && isTakenImmediately(call, state) && one.begin() < firstEnd) {
                    List<Integer> versions = versionsThatExplain(one, state);
                    if (!versions.isEmpty()) {
                        state = state.with(call, state.past, versions.get(0));
                        more = true;
                    }
                }
            }
        }
        return state;
    }

    /** Whether the call changes nothing and no other reply depends on its state. */
    private boolean isTakenImmediately(int call, SearchState state) {
        Invocation one = calls.get(call);
        int tagged = slot(one.operation().tag());
        return one.changesNothing() && (named & (1L << call)) == 0 && (tagged < 0 || state.isDone(tagged));
    }

    /** The versions that explain a call that changed nothing, the earliest first. */
    private List<Integer> versionsThatExplain(Invocation call, SearchState state) {
        var versions = new ArrayList<Integer>();
        if (call.reply() == null || !isReady(call, state)) {
            return versions;
        }
        int latest = state.past.version();
        int earliest = call.mayBeBehind() ? floor(call, state) : latest;
        for (int version = earliest; version <= latest; version++) {
            ModelHistory past = state.past.at(version);
            if (call.mayBeBehind() && past.begun() >= call.end()) {
                return versions;
            }
            Model moment = past.moment();
            boolean explained = meets(call, moment, state).stream().anyMatch(meets -> explains(moment, call, meets));
            if (explained && agrees(moment, call, state)) {
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
    private boolean agrees(Model moment, Invocation call, SearchState state) {
        if (call.result() == null || call.result().tag() == null) {
            return true;
        }
        Model.State tagged = moment.tagged(call.result());
        for (int other = 0; other < calls.size(); other++) {
            Invocation later = calls.get(other);
            Operation.Tag tag = later.operation().tag();
            if (tag != null && tag.call() == call.number() && state.isDone(other)) {
                Model known = state.past.at(state.versions.get(other)).moment();
                if (known.is(tagged) && !explains(known, later, true)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Whether the states of the bookmark and the entity tag of the call are known. The tag of a replica that is ahead is that of a later state.
     */
    private boolean isReady(Invocation call, SearchState state) {
        int bookmarked = call.operation().onlyReads() ? bookmarked(call) : -1;
        int tagged = slot(call.operation().tag());
        return (bookmarked < 0 || state.isDone(bookmarked))
                && (tagged < 0 || state.isDone(tagged) || calls.get(tagged).mayBeBehind());
    }

    /** Whether the state satisfies the condition of the call; either is possible if the state of the tag is unknown. */
    private List<Boolean> meets(Invocation call, Model moment, SearchState state) {
        int slot = slot(call.operation().tag());
        if (call.operation().tag() == null) {
            return List.of(true);
        }
        if (slot < 0) {
            return List.of(true, false);
        }
        if (!state.isDone(slot)) {
            return List.of(false);
        }
        OperationResult result = Objects.requireNonNull(calls.get(slot).result());
        Model known = state.past.at(state.versions.get(slot)).moment();
        return List.of(moment.is(known.tagged(result)));
    }

    /** The oldest version that the call may return. */
    private int floor(Invocation call, SearchState state) {
        int slot = bookmarked(call);
        return slot < 0 ? 0 : state.versions.get(slot);
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
    private List<SearchState> steps(SearchState state, int number) {
        Invocation call = calls.get(number);
        if (call.changesNothing()) {
            return isTakenImmediately(number, state)
                    ? List.of()
                    : versionsThatExplain(call, state).stream()
                            .map(version -> state.with(number, state.past, version))
                            .toList();
        }
        var steps = new ArrayList<SearchState>();
        if (!isReady(call, state)) {
            return steps;
        }
        Model moment = state.past.moment();
        for (Model.Outcome outcome : outcomes(call, moment, meets(call, moment, state))) {
            boolean same = outcome.after().equals(moment);
            boolean expected =
                    call.reply() == null ? !same : call.reply().result().fits(outcome.result());
            if (expected) {
                ModelHistory then = same ? state.past : state.past.then(outcome.after(), call.begin());
                SearchState next = state.with(number, then, then.version());
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
