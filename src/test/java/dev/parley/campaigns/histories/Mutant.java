package dev.parley.campaigns.histories;

import dev.parley.http.wait.SessionFeed.Sink;
import dev.parley.store.Database;
import dev.parley.store.Database.Work;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreStatements;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.WaitRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A deliberate fault, of which most change a word of a statement.
 *
 * @param replicated whether it shows only on PostgreSQL with a lagging replica
 * @param statements that it changes
 * @param change the faulty text of a sound one
 * @param fault other changes
 */
record Mutant(
        String name, boolean replicated, Supplier<List<Sql>> statements, UnaryOperator<String> change, Fault fault) {
    /** Replaces parts of an {@link Environment}. */
    interface Fault {
        /** No fault. */
        Fault NONE = new Fault() {};

        default Database database(Database sound) {
            return sound;
        }

        /** Receives the notifications of commits. */
        default WaitRegistry notified(WaitRegistry sound) {
            return sound;
        }

        /** Receives the events that are pushed to one watching peer. */
        default Sink pushes(Sink sound) {
            return sound;
        }

        default ServiceUnderTest service(InProcessService sound, RecordedClock clock) {
            return sound;
        }
    }

    private static final Sql READ_FIRST = new Sql("read-first", "SELECT 1 FROM history");

    static List<Mutant> all() {
        return List.of(
                service(
                        "candidates by read, modify, write",
                        (sound, clock) -> new FaultyServices.ReadModifyWrite(sound)),
                statement("an answer without its guard", "answer", "AND answered = 0 ", ""),
                service(
                        "a clock as the cursor",
                        (sound, clock) -> new FaultyServices.TimestampCursor(
                                sound, () -> clock.since(clock.mark(), 0).get(0))),
                service(
                        "a global sequence as the cursor",
                        (sound, clock) -> new FaultyServices.TimestampCursor(sound, new AtomicLong()::incrementAndGet)),
                statement(
                                "numbers read outside of the lock",
                                "trickle|answer",
                                "seq = seq + ?",
                                "seq = (SELECT o.seq FROM sessions o WHERE o.id = sessions.id) + ?")
                        .onPostgres(),
                statement("expiry by the sweeper alone", "", "expires_at > ?", "? > 0"),
                statement(
                        "candidates that are not told apart",
                        "add-",
                        "WHERE NOT EXISTS (",
                        "WHERE TRUE OR NOT EXISTS ("),
                deferred(),
                database("a bookmark that is dropped", sound -> new DelegatingDatabase(sound) {
                            @Override
                            public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
                                return sound.read(from instanceof ReadFrom.AtLeast ? ReadFrom.ANYWHERE : from, work);
                            }
                        })
                        .onPostgres(),
                database("a position taken before the commit", sound -> new DelegatingDatabase(sound) {
                            @Override
                            public <T> CompletionStage<Served<T>> write(Work<T> work) {
                                String early = sound.position(ReadFrom.PRIMARY).bookmark();
                                return sound.write(work)
                                        .thenApply(served ->
                                                new Served<>(served.result(), early, served.node(), served.reset()));
                            }
                        })
                        .onPostgres(),
                earlyWakeUp(),
                statement("a read that misses its namespace", "session|events|said-by", "namespace = ?", "? <> ''"),
                statement("a write that misses its namespace", "trickle|close", "namespace = ?", "? <> ''"),
                statement(
                        "a new offer whatever If-Match says",
                        "restart",
                        "seq = COALESCE(?, seq)",
                        "COALESCE(?, seq) > 0"),
                statement(
                        "a deletion with anybody's token",
                        "close",
                        "offerer_token = ?",
                        "(offerer_token = ?) IS NOT NULL"),
                statement(
                        "an answer to a generation that is over",
                        "answer",
                        "generation = COALESCE(?, generation)",
                        "COALESCE(?, generation) > 0"),
                statement("events behind N, and N too", "events", "e.seq > ?", "e.seq >= ?"),
                statement("numbers that are not given back", "give-back", "seq = seq - ?", "seq = seq - 0 * ?"),
                statement(
                        "an answer of a stranger to a later generation",
                        "answer",
                        "answered_before = 0 OR",
                        "answered_before >= 0 OR"),
                service(
                        "candidates of a repeated call that are dropped",
                        (sound, clock) -> new FaultyServices.DroppedCandidates(sound)),
                statement(
                        "a new offer whichever session If-Match names",
                        "restart",
                        """
                        expires_at = COALESCE(?, expires_at)
                          AND COALESCE(incarnation, created_at) = COALESCE(?, incarnation, created_at)""",
                        "COALESCE(?, expires_at) > 0 AND COALESCE(?, incarnation, created_at) IS NOT NULL"),
                service(
                        "an entity tag that is a number alone",
                        (sound, clock) -> new FaultyServices.SeqOnlyEntityTag(sound)),
                statement(
                        "a list that has answered sessions again after a new offer",
                        "waiting",
                        "AND answered_before = 0 ",
                        ""),
                statement("a watch that misses an answer", "answer", "expires_at, topic", "expires_at, NULL"),
                statement("a watch that misses a deletion", "close", "expires_at, topic", "expires_at, NULL"),
                statement(
                        "a repeated call that skips what the other side has said",
                        "last-own",
                        "kind % 2 = ?",
                        "kind % 2 = 2 + ?"),
                pushes(
                        "a watch that misses the first commit",
                        sound -> new FaultyPushes(sound, number -> number == 0 ? 0 : 1)),
                pushes("a lost push", sound -> new FaultyPushes(sound, number -> number % 3 == 2 ? 0 : 1)),
                pushes("a double push", sound -> new FaultyPushes(sound, number -> 2)),
                pushes("pushes in another order", FaultyPushes.Reordered::new));
    }

    private static Mutant pushes(String name, UnaryOperator<Sink> other) {
        return of(name, new Fault() {
            @Override
            public Sink pushes(Sink sound) {
                return other.apply(sound);
            }
        });
    }

    /** No transaction of the store reads before it writes; one that begins deferred must. */
    private static Mutant deferred() {
        Fault reading = database("", sound -> new DelegatingDatabase(sound) {
                    @Override
                    public <T> CompletionStage<Served<T>> write(Work<T> work) {
                        return sound.write(tx -> {
                            tx.call(READ_FIRST).first(row -> true);
                            return work.on(tx);
                        });
                    }
                })
                .fault;
        return new Mutant(
                "a transaction that begins deferred, and looks first",
                false,
                () -> List.of(StoreStatements.of("dev.parley.store.sqlite.WriterLane", "BEGIN")),
                text -> text.replace("IMMEDIATE", "DEFERRED"),
                reading);
    }

    private static Mutant earlyWakeUp() {
        return of("a wake-up before the commit", new Fault() {
            @Override
            public WaitRegistry notified(WaitRegistry sound) {
                return TestWaitRegistries.nobodyWaits();
            }

            @Override
            public ServiceUnderTest service(InProcessService sound, RecordedClock clock) {
                return new FaultyServices.PrematureNotification(sound);
            }
        });
    }

    /**
     * @param statements prefixes of their names
     * @param sound a condition; in a join, sessions have the alias s
     */
    private static Mutant statement(String name, String statements, String sound, String faulty) {
        return new Mutant(
                name,
                false,
                () -> StoreStatements.ofSessions().stream()
                        .filter(statement ->
                                Stream.of(statements.split("\\|", -1)).anyMatch(statement.name()::startsWith))
                        .filter(statement -> statement.text().contains(sound))
                        .toList(),
                text -> text.replace("s." + sound, faulty).replace(sound, faulty),
                Fault.NONE);
    }

    private static Mutant service(String name, BiFunction<InProcessService, RecordedClock, ServiceUnderTest> other) {
        return of(name, new Fault() {
            @Override
            public ServiceUnderTest service(InProcessService sound, RecordedClock clock) {
                return other.apply(sound, clock);
            }
        });
    }

    private static Mutant database(String name, UnaryOperator<Database> other) {
        return of(name, new Fault() {
            @Override
            public Database database(Database sound) {
                return other.apply(sound);
            }
        });
    }

    private static Mutant of(String name, Fault fault) {
        return new Mutant(name, false, List::of, text -> text, fault);
    }

    private Mutant onPostgres() {
        return new Mutant(name, true, statements, change, fault);
    }

    /**
     * Replaces the sound statements until it is closed, for connections opened meanwhile.
     *
     * @throws IllegalStateException if it would change nothing
     */
    Loose letLoose() {
        Map<Sql, String> sound = new LinkedHashMap<>();
        statements.get().forEach(statement -> sound.put(statement, statement.text()));
        if (sound.isEmpty() && fault == Fault.NONE) {
            throw new IllegalStateException("No statement has what is to be changed for " + name);
        }
        sound.forEach((statement, text) -> StoreStatements.replace(statement, change.apply(text)));
        return () -> sound.forEach(StoreStatements::replace);
    }

    /** Restores the sound statements. */
    interface Loose extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public String toString() {
        return name;
    }

    /** A database that delegates to a sound one; a fault overrides some methods. */
    private static class DelegatingDatabase implements Database {
        final Database sound;

        DelegatingDatabase(Database sound) {
            this.sound = sound;
        }

        @Override
        public <T> CompletionStage<Served<T>> write(Work<T> work) {
            return sound.write(work);
        }

        @Override
        public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
            return sound.read(from, work);
        }

        @Override
        public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
            return sound.scan(from, work);
        }

        @Override
        public boolean takeRoom(long bytes) {
            return sound.takeRoom(bytes);
        }

        @Override
        public ReplyPosition position(ReadFrom from) {
            return sound.position(from);
        }

        @Override
        public List<NodeState> nodes() {
            return sound.nodes();
        }

        @Override
        public void close() {
            sound.close();
        }
    }
}
