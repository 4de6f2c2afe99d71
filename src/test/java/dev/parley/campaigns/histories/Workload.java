package dev.parley.campaigns.histories;

import dev.parley.TestSeed;
import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The steps of the peers of one session. The request of a step also depends on the replies that its peer has received by then, so the
 * same seed gives the same workload, but never quite the same history.
 *
 * @param name the code of the session under test
 */
record Workload(String name, List<Role> roles, List<Step> steps) {
    /**
     * A peer.
     *
     * @param name a letter
     * @param side that it claims; of two offerers one is too late, and so are all answerers but one
     * @param tokenless whether it sends no token, as clients of the compatible API do
     * @param stranger whether it is in another namespace, where the same code names another session
     */
    record Role(String name, Side side, boolean tokenless, boolean stranger) {}

    /** The kind of a step. */
    enum Deed {
        OPEN,
        ANSWER,
        TRICKLE,
        END,
        RESTART,
        EXTEND,
        CLOSE,
        LOOK,
        FOLLOW,
        WAIT,
        POLL,
        FIND
    }

    /** The bookmark of a read. */
    enum Trust {
        NOBODY,
        ANYBODY,
        ITSELF,
        OTHERS
    }

    /**
     * @param variant selects the arguments; the same variant again is a repeated call
     * @param cut whether the connection is cut after the request, so that the peer repeats it
     * @param pauseMicros before the step
     * @param node that it calls
     */
    record Step(String peer, Deed deed, int variant, Trust trust, boolean cut, int pauseMicros, int node) {}

    private static final int VARIANTS = 8;

    private static final int STEPS_MAX = 7;
    private static final int PAUSE_MICROS_MAX = 3_000;

    /** The deeds to choose from, in a workload about one subject; repeated deeds are chosen more often. */
    private record Theme(List<Deed> offerers, List<Deed> answerers) {
        Theme(String offerers, String answerers) {
            this(deeds(offerers), deeds(answerers));
        }

        private static List<Deed> deeds(String names) {
            return Stream.of(names.split(" ")).map(Deed::valueOf).toList();
        }

        List<Deed> deeds(Side side) {
            return side == Side.OFFERER ? offerers : answerers;
        }
    }

    private static final Theme ANYTHING = new Theme(
            "TRICKLE TRICKLE TRICKLE TRICKLE END RESTART EXTEND LOOK LOOK FOLLOW FOLLOW WAIT POLL OPEN FIND",
            "TRICKLE TRICKLE TRICKLE END ANSWER ANSWER LOOK LOOK FOLLOW FOLLOW WAIT POLL FIND EXTEND RESTART");

    /** New offers, answers to them by several peers, and searches for the session meanwhile. */
    private static final Theme RENEGOTIATION = new Theme(
            "RESTART RESTART RESTART TRICKLE FIND FIND LOOK FOLLOW WAIT POLL",
            "ANSWER ANSWER ANSWER ANSWER TRICKLE FIND FIND LOOK FOLLOW WAIT");

    /** Repeated calls with additional candidates. */
    private static final Theme REPLAYS = new Theme(
            "OPEN OPEN OPEN TRICKLE END FOLLOW FOLLOW LOOK WAIT RESTART",
            "ANSWER ANSWER ANSWER TRICKLE TRICKLE END FOLLOW LOOK");

    /** Consecutive sessions under one code, and conditions that name the previous one. */
    private static final Theme REOPENING = new Theme(
            "CLOSE CLOSE OPEN OPEN OPEN LOOK LOOK RESTART RESTART EXTEND TRICKLE WAIT",
            "LOOK LOOK LOOK ANSWER FOLLOW WAIT EXTEND TRICKLE FIND");

    private static final List<Theme> THEMES = List.of(ANYTHING, ANYTHING, ANYTHING, RENEGOTIATION, REPLAYS, REOPENING);

    /** The workload of {@code seed}. */
    static Workload of(TestSeed seed, int nodes) {
        var random = seed.random();
        Theme theme = THEMES.get(random.nextInt(THEMES.size()));
        List<Role> roles = roles(random);
        var steps = new ArrayList<Step>();
        for (Role role : roles) {
            int many = 2 + random.nextInt(STEPS_MAX - 1);
            for (int i = 0; i < many; i++) {
                steps.add(step(theme, role, i, random, nodes));
            }
            if (role.side() == Side.OFFERER && random.nextInt(5) == 0) {
                steps.add(new Step(role.name(), Deed.CLOSE, 0, Trust.NOBODY, false, 0, random.nextInt(nodes)));
            }
        }
        return new Workload("s" + Long.toUnsignedString(seed.value(), 36), roles, List.copyOf(steps));
    }

    private static List<Role> roles(Random random) {
        var roles = new ArrayList<Role>();
        roles.add(new Role("A", Side.OFFERER, random.nextInt(6) == 0, false));
        roles.add(new Role("B", Side.ANSWERER, random.nextInt(6) == 0, false));
        if (random.nextInt(3) > 0) {
            roles.add(new Role("C", Side.ANSWERER, random.nextInt(6) == 0, false));
        }
        if (random.nextInt(4) == 0) {
            roles.add(new Role("D", Side.OFFERER, false, false));
        }
        if (random.nextInt(4) == 0) {
            roles.add(new Role("S", Side.OFFERER, false, true));
            roles.add(new Role("T", Side.ANSWERER, false, true));
        }
        return List.copyOf(roles);
    }

    private static Step step(Theme theme, Role role, int turn, Random random, int nodes) {
        List<Deed> deeds = theme.deeds(role.side());
        Deed deed = deeds.get(random.nextInt(deeds.size()));
        if (turn == 0) {
            deed = role.side() == Side.OFFERER ? Deed.OPEN : random.nextBoolean() ? Deed.ANSWER : Deed.LOOK;
        }
        int pause = random.nextInt(3) == 0 ? random.nextInt(PAUSE_MICROS_MAX) : 0;
        Trust trust = Trust.values()[random.nextInt(Trust.values().length)];
        return new Step(
                role.name(),
                deed,
                random.nextInt(VARIANTS),
                trust,
                random.nextInt(10) == 0,
                pause,
                random.nextInt(nodes));
    }

    List<Step> stepsOf(Role role) {
        return steps.stream().filter(step -> step.peer().equals(role.name())).toList();
    }
}
