package dev.parley.campaigns.histories;

import dev.parley.TestSeed;
import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Who is to do what in one session, as far as that can be said beforehand: what a step asks for in the end depends on what its
 * peer has heard until then. The same seed gives the same script, never quite the same history.
 *
 * @param name of the session under test, and so its code
 */
record Workload(String name, List<Role> roles, List<Step> steps) {
    /**
     * A peer.
     *
     * @param name a letter
     * @param side which one it means to be; of two offerers one comes too late, and so does all but one answerer
     * @param tokenless whether it goes without a token, as clients of the compatible API do
     * @param stranger whether it lives in another namespace, where the same code means another session
     */
    record Role(String name, Side side, boolean tokenless, boolean stranger) {}

    /** What is done. */
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

    /** Which bookmark a read brings. */
    enum Trust {
        NOBODY,
        ANYBODY,
        ITSELF,
        OTHERS
    }

    /**
     * @param variant one of a few ways to do it; the same way again is a repetition
     * @param cut whether the connection is cut behind the request, so that the peer asks again
     * @param pauseMicros before it
     * @param node where it asks
     */
    record Step(String peer, Deed deed, int variant, Trust trust, boolean cut, int pauseMicros, int node) {}

    private static final int VARIANTS = 8;

    private static final int STEPS_MAX = 7;
    private static final int PAUSE_MICROS_MAX = 3_000;

    private static final List<Deed> OFFERERS_DEEDS = List.of(
            Deed.TRICKLE,
            Deed.TRICKLE,
            Deed.TRICKLE,
            Deed.TRICKLE,
            Deed.END,
            Deed.RESTART,
            Deed.EXTEND,
            Deed.LOOK,
            Deed.LOOK,
            Deed.FOLLOW,
            Deed.FOLLOW,
            Deed.WAIT,
            Deed.POLL,
            Deed.OPEN,
            Deed.FIND);
    private static final List<Deed> ANSWERERS_DEEDS = List.of(
            Deed.TRICKLE,
            Deed.TRICKLE,
            Deed.TRICKLE,
            Deed.END,
            Deed.ANSWER,
            Deed.ANSWER,
            Deed.LOOK,
            Deed.LOOK,
            Deed.FOLLOW,
            Deed.FOLLOW,
            Deed.WAIT,
            Deed.POLL,
            Deed.FIND,
            Deed.EXTEND,
            Deed.RESTART);

    /** What a script is mostly about; half of them are about anything. */
    private record Theme(List<Deed> offerers, List<Deed> answerers) {
        List<Deed> deeds(Side side) {
            return side == Side.OFFERER ? offerers : answerers;
        }
    }

    private static final Theme ANYTHING = new Theme(OFFERERS_DEEDS, ANSWERERS_DEEDS);

    /** New offers, answers to them by whomever, and who finds the session meanwhile. */
    private static final Theme RENEGOTIATION = new Theme(
            List.of(
                    Deed.RESTART,
                    Deed.RESTART,
                    Deed.RESTART,
                    Deed.TRICKLE,
                    Deed.FIND,
                    Deed.FIND,
                    Deed.LOOK,
                    Deed.FOLLOW,
                    Deed.WAIT,
                    Deed.POLL),
            List.of(
                    Deed.ANSWER,
                    Deed.ANSWER,
                    Deed.ANSWER,
                    Deed.ANSWER,
                    Deed.TRICKLE,
                    Deed.FIND,
                    Deed.FIND,
                    Deed.LOOK,
                    Deed.FOLLOW,
                    Deed.WAIT));

    /** Calls that are repeated with more than before. */
    private static final Theme REPLAYS = new Theme(
            List.of(
                    Deed.OPEN,
                    Deed.OPEN,
                    Deed.OPEN,
                    Deed.TRICKLE,
                    Deed.END,
                    Deed.FOLLOW,
                    Deed.FOLLOW,
                    Deed.LOOK,
                    Deed.WAIT,
                    Deed.RESTART),
            List.of(
                    Deed.ANSWER,
                    Deed.ANSWER,
                    Deed.ANSWER,
                    Deed.TRICKLE,
                    Deed.TRICKLE,
                    Deed.END,
                    Deed.FOLLOW,
                    Deed.LOOK));

    /** Sessions that have a code one after another, and conditions that name the one before. */
    private static final Theme REOPENING = new Theme(
            List.of(
                    Deed.CLOSE,
                    Deed.CLOSE,
                    Deed.OPEN,
                    Deed.OPEN,
                    Deed.OPEN,
                    Deed.LOOK,
                    Deed.LOOK,
                    Deed.RESTART,
                    Deed.RESTART,
                    Deed.EXTEND,
                    Deed.TRICKLE,
                    Deed.WAIT),
            List.of(
                    Deed.LOOK,
                    Deed.LOOK,
                    Deed.LOOK,
                    Deed.ANSWER,
                    Deed.FOLLOW,
                    Deed.WAIT,
                    Deed.EXTEND,
                    Deed.TRICKLE,
                    Deed.FIND));

    private static final List<Theme> THEMES = List.of(ANYTHING, ANYTHING, ANYTHING, RENEGOTIATION, REPLAYS, REOPENING);

    /** Writes a script. */
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

    /** The same with other steps, and without the peers that have none left. */
    Workload with(List<Step> others) {
        List<Role> busy = roles.stream()
                .filter(role -> others.stream().anyMatch(step -> step.peer().equals(role.name())))
                .toList();
        return new Workload(name, busy, List.copyOf(others));
    }
}
