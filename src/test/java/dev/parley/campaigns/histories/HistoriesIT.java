package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import dev.parley.campaigns.histories.Finding.Check;
import dev.parley.packaged.RunningParley;
import dev.parley.packaged.TwoNodes;
import dev.parley.session.SessionKey;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The histories of {@link HistoriesTest} over the wire, by the packaged service: one node, and two at once.
 *
 * <p>{@code -Dparley.histories.http=5000} tries so many on SQLite, and a third of it on PostgreSQL. The controls show that the test
 * can fail: candidates that are acknowledged and forgotten, and bookmarks that are dropped on the way.
 */
class HistoriesIT {
    private static final int ON_SQLITE = Integer.getInteger("parley.histories.http", 600);
    private static final int ON_POSTGRES = ON_SQLITE / 3;
    private static final int UNTIL_CAUGHT_MAX = 5_000;
    private static final TestSeed SEED = TestSeed.of(HistoriesIT.class);

    @TempDir
    static Path folder;

    private static RunningParley onSqlite;
    private static TwoNodes onPostgres;

    @BeforeAll
    static void start() {
        onSqlite = WorldsOverHttp.onSqlite(folder);
        onPostgres = TwoNodes.in(folder);
    }

    @AfterAll
    static void stop() {
        onPostgres.close();
        onSqlite.close();
    }

    @Test
    void overHttpEverySessionIsLinearizable() {
        try (World world = WorldsOverHttp.of(onSqlite, sound -> sound)) {
            Campaign.assertHolds("over HTTP on SQLite", world, SEED, ON_SQLITE, 24);
        }
    }

    @Test
    void overTwoNodesWithALaggingReplicaToo() {
        try (World world = WorldsOverHttp.of(onPostgres, sound -> sound)) {
            String where = "over HTTP on PostgreSQL with a lagging replica over two nodes";
            Campaign.assertHolds(where, world, SEED, ON_POSTGRES, 12);
        }
    }

    @Test
    void candidatesThatAreAcknowledgedAndForgottenAreCaughtSoThisTestCanFail() {
        try (World world = WorldsOverHttp.of(onSqlite, Forgetful::new)) {
            assertThat(caught(world, SEED.round(ON_SQLITE), 24)).isEqualTo(Check.ORDER);
        }
    }

    @Test
    void bookmarksThatAreDroppedAreCaughtSoThisTestCanFail() {
        try (World world = WorldsOverHttp.of(onPostgres, Careless::new)) {
            assertThat(caught(world, SEED.round(ON_POSTGRES), 12)).isIn(Check.BOOKMARK, Check.BOOKMARK_ORDER);
        }
    }

    /** @param seed behind those of the histories, whose sessions are still there */
    private static @Nullable Check caught(World world, TestSeed seed, int atOnce) {
        try (var campaign = new Campaign(world, seed)) {
            Check check = campaign.perform(UNTIL_CAUGHT_MAX, atOnce)
                    .map(failure -> failure.finding().check())
                    .orElse(null);
            System.out.printf(
                    "HistoriesIT: the control was let loose on %,d histories: %s%n", campaign.judged(), check);
            return check;
        }
    }

    /** Acknowledges candidates as the service would, and keeps none. */
    private static final class Forgetful extends OtherService<OverHttp> {
        Forgetful(OverHttp sound) {
            super(sound);
        }

        @Override
        public Reply ask(int node, SessionKey key, Ask ask, Since since) {
            if (ask instanceof Ask.Trickle trickle) {
                Reply looked = sound.ask(node, key, new Ask.Look(), since);
                int added = trickle.candidates().size();
                return looked.told() instanceof Told.Seen seen
                        ? new Reply(
                                new Told.Trickled(seen.seq() + added, added), looked.bookmark(), true, looked.reset())
                        : looked;
            }
            return sound.ask(node, key, ask, since);
        }
    }

    /** Loses bookmarks on the way: a read that was to be as new as one takes any state. */
    private static final class Careless extends OtherService<OverHttp> {
        Careless(OverHttp sound) {
            super(sound);
        }

        @Override
        public Reply ask(int node, SessionKey key, Ask ask, Since since) {
            return sound.ask(node, key, ask, since instanceof Since.Told ? new Since.Ever() : since);
        }
    }
}
