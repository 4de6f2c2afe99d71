package dev.parley.histories;

import dev.parley.feed.Feed;
import dev.parley.feed.Feeds;
import dev.parley.store.Database;
import dev.parley.store.Neighbours.Ear;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Sql;
import dev.parley.store.StoreStatements;
import dev.parley.store.Work;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A deliberate fault, such as others have made. Most are a word in a statement; nothing of them is in what ships.
 *
 * @param replicated whether it needs PostgreSQL with a replica that lags to show
 * @param statements which ones it changes
 * @param change makes the faulty text of the sound one
 * @param fault what it does beside the statements
 */
record Mutant(String name, boolean replicated, List<Sql> statements, Function<String, String> change, Fault fault) {

    static List<Mutant> all() {
        return List.of(
                service("candidates by read, modify, write", (sound, clock) -> new ReadModifyWrite(sound)),
                statement("an answer without its guard", "answer", "AND answered = 0 ", ""),
                service("a clock as the cursor", ClockCursor::new),
                statements(
                        "a global sequence as the cursor",
                        named("events"),
                        text -> text.replace("SELECT e.seq,", "SELECT e.id,").replace("e.seq > ?", "e.id > ?")),
                new Mutant(
                        "a number taken outside of the lock",
                        true,
                        named("trickle-offerer", "trickle-answerer", "answer"),
                        replacing("seq = seq + ?", "seq = (SELECT o.seq FROM sessions o WHERE o.id = sessions.id) + ?"),
                        Fault.NONE),
                statements(
                        "expiry by the sweeper alone",
                        StoreStatements.ofSessions(),
                        replacing("expires_at > ?", "? > 0")),
                statement("candidates that are not told apart", "add-once", "digest = ?)", "digest = ? AND 1 = 0)"),
                new Mutant(
                        "a transaction that begins deferred",
                        false,
                        List.of(StoreStatements.of("dev.parley.store.sqlite.WriterLane", "BEGIN")),
                        replacing("IMMEDIATE", "DEFERRED"),
                        Fault.NONE),
                database("a bookmark that is dropped", (sound, ear) -> new OtherDatabase(sound) {
                    @Override
                    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
                        return sound.read(from instanceof ReadFrom.AtLeast ? ReadFrom.ANYWHERE : from, work);
                    }
                }),
                database("a position taken before the commit", (sound, ear) -> new OtherDatabase(sound) {
                    @Override
                    public <T> CompletionStage<Served<T>> write(Work<T> work) {
                        String early = sound.standpoint(ReadFrom.PRIMARY).bookmark();
                        return sound.write(work)
                                .thenApply(
                                        served -> new Served<>(served.result(), early, served.node(), served.reset()));
                    }
                }),
                new Mutant("a wake-up before the commit", false, List.of(), text -> text, new EarlyWakeUp()),
                statements("a read that misses its namespace", named("events", "session"), unconfined()),
                statements("a write that misses its namespace", named("trickle-offerer", "close"), unconfined()),
                statement(
                        "a new offer whatever If-Match says",
                        "restart",
                        "seq = COALESCE(?, seq)",
                        "COALESCE(?, seq) > 0"),
                statement(
                        "a deletion with anybody's token", "close", "offerer_token = ?", "(offerer_token = ? OR TRUE)"),
                statement(
                        "an answer to a generation that is over",
                        "answer",
                        "generation = COALESCE(?, generation)",
                        "COALESCE(?, generation) > 0"),
                statement("events behind N, and N too", "events", "e.seq > ?", "e.seq >= ?"),
                statements(
                        "numbers that are not given back",
                        named("give-back-offerer", "give-back-answerer"),
                        replacing("seq = seq - ?", "seq = seq - 0 * ?")));
    }

    private static Mutant statement(String name, String statement, String sound, String faulty) {
        return statements(name, named(statement), replacing(sound, faulty));
    }

    private static Mutant statements(String name, List<Sql> statements, Function<String, String> change) {
        return new Mutant(name, false, statements, change, Fault.NONE);
    }

    private static Mutant service(String name, Offered other) {
        return new Mutant(name, false, List.of(), text -> text, new Fault() {
            @Override
            public Service service(InProcess sound, Clockwork clock) {
                return other.over(sound, clock);
            }
        });
    }

    private static Mutant database(String name, Stored other) {
        return new Mutant(name, true, List.of(), text -> text, new Fault() {
            @Override
            public Database database(Database sound, Supplier<Ear> ear) {
                return other.over(sound, ear);
            }
        });
    }

    private static List<Sql> named(String... names) {
        return Stream.of(names).map(StoreStatements::named).toList();
    }

    private static Function<String, String> replacing(String sound, String faulty) {
        return text -> text.replace(sound, faulty);
    }

    private static Function<String, String> unconfined() {
        return replacing("namespace = ?", "(namespace = ? OR TRUE)");
    }

    /** Puts the faulty statements in the place of the sound ones until it is closed; connections opened meanwhile run them. */
    Loose letLoose() {
        List<String> sound = statements.stream().map(Sql::text).toList();
        for (Sql statement : statements) {
            StoreStatements.replace(statement, change.apply(statement.text()));
        }
        return () -> {
            for (int i = 0; i < sound.size(); i++) {
                StoreStatements.replace(statements.get(i), sound.get(i));
            }
        };
    }

    /** Ends with the sound statements in their places again. */
    interface Loose extends AutoCloseable {
        @Override
        void close();
    }

    private interface Offered {
        Service over(InProcess sound, Clockwork clock);
    }

    private interface Stored {
        Database over(Database sound, Supplier<Ear> ear);
    }

    /** Wakes all who wait when the work is done and not yet committed; behind the commit nobody is told. */
    private static final class EarlyWakeUp implements Fault {
        @Override
        public Database database(Database sound, Supplier<Ear> ear) {
            return new OtherDatabase(sound) {
                @Override
                public <T> CompletionStage<Served<T>> write(Work<T> work) {
                    return sound.write(tx -> {
                        T result = work.on(tx);
                        ear.get().missed();
                        return result;
                    });
                }
            };
        }

        @Override
        public Feed told(Feed sound) {
            return Feeds.nobodyWaits();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
