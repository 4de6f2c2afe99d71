package dev.parley.store;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.LogCapture;
import dev.parley.config.InvalidConfiguration;
import dev.parley.contract.StoredSessions;
import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Namespace;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.TokenHash;
import dev.parley.session.Trickle;
import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.sql.Schema;
import dev.parley.waiting.TestWaitRegistries;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A store of an earlier version is migrated, and its sessions obey the later rules. */
public interface MigrationContract {
    Namespace NAMESPACE = new Namespace("https://old.example");
    SessionToken FIRST_ANSWERER = new SessionToken("the-first-answerer-of-128-bits");

    /** A connection to a store of that schema version. */
    Connection storeOfVersion(String version) throws SQLException;

    /** The store, migrated and open. */
    Database open();

    /** The same as a command opens it. */
    Database openAsCommand();

    @Test
    default void aCommandDoesNotMigrateAnOlderStoreAndAServerLogsEachMigration() throws SQLException {
        storeOfVersion("4").close();

        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(this::openAsCommand)
                .withMessageContainingAll("version 004", "006 one answerer", "parley migrate");
        try (LogCapture log = LogCapture.at(Schema.class.getName());
                Database server = open()) {
            assertThat(server.nodes()).isNotEmpty();
            assertThat(log.messages())
                    .startsWith("Applied migration 005, encryption", "Applied migration 006, one answerer");
        }
        try (LogCapture log = LogCapture.at(Schema.class.getName());
                Database command = openAsCommand()) {
            assertThat(command.nodes()).isNotEmpty();
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    default void aCommandCreatesNoStore() {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(this::openAsCommand)
                .withMessageContaining("parley migrate");
    }

    /** As in a rolling update, when the first new server has migrated the store that the old ones serve. */
    @Test
    default void aRunningServerContinuesAfterANewerOneHasExtendedTheSchema() throws SQLException {
        try (Database server = open()) {
            StoredSessions.open(server, Instant.now(), "before");
            try (Connection newer = storeOfVersion("latest");
                    var statement = newer.createStatement()) {
                statement.execute("ALTER TABLE sessions ADD COLUMN added INTEGER NOT NULL DEFAULT 0");
                statement.execute("ALTER TABLE events ADD COLUMN added INTEGER");
                statement.execute(
                        "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
                                + " checksum, installed_by, installed_on, execution_time, success)"
                                + " SELECT installed_rank + 1000, '9999', 'of the future', type, 'V9999__of_the_future.sql',"
                                + " checksum, installed_by, installed_on, execution_time, success FROM flyway_schema_history"
                                + " ORDER BY installed_rank DESC LIMIT 1");
            }
            StoredSessions.open(server, Instant.now(), "afterwards");
            var signaling = TestSignaling.over(
                    server,
                    TestWaitRegistries.nobodyWaits(),
                    DefaultLimits.living(Duration.ofHours(1), Duration.ofSeconds(10)),
                    InstantSource.system(),
                    new SecureRandom());
            for (String code : List.of("before", "afterwards")) {
                var key = new SessionKey(Namespace.UNKNOWN, new Code(code));
                assertThat(result(signaling.session(ReadFrom.PRIMARY, key)).topic())
                        .isEqualTo("topic");
                assertThat(result(signaling.answer(key, Description.of("a"), null, Trickle.NOTHING, null))
                                .generation())
                        .isEqualTo(1);
            }
        }
        assertThatExceptionOfType(InvalidConfiguration.class)
                .as("a start of this version")
                .isThrownBy(this::open)
                .withMessageContainingAll("9999", "newer");
    }

    @Test
    default void sessionsOfVersion5BelongToTheirFirstAnswererAndHaveIncarnations() throws SQLException {
        try (Connection old = storeOfVersion("5")) {
            insert(old, 1, "fresh", 1, false, false);
            insert(old, 2, "renegotiated", 2, true, false);
            insert(old, 3, "restarted", 2, false, false);
            insert(old, 4, "answered", 1, true, true);
        }
        try (Database database = open()) {
            var signaling = TestSignaling.over(
                    database,
                    TestWaitRegistries.nobodyWaits(),
                    DefaultLimits.living(Duration.ofHours(1), Duration.ofSeconds(10)),
                    InstantSource.system(),
                    new SecureRandom());

            assertThat(result(signaling.waiting(ReadFrom.PRIMARY, NAMESPACE, "t", 9)))
                    .extracting(waiting -> waiting.code().text())
                    .containsExactly("restarted", "fresh");
            assertThatExceptionOfType(TokenRefused.class).isThrownBy(() -> answer(signaling, "renegotiated", null));
            assertThat(answer(signaling, "renegotiated", FIRST_ANSWERER).generation())
                    .isEqualTo(2);
            assertThat(answer(signaling, "restarted", null).generation()).isEqualTo(2);
            Session fresh = result(signaling.session(ReadFrom.PRIMARY, key("fresh")));
            assertThat(fresh.incarnation()).isEqualTo(fresh.createdAt().toEpochMilli());
            assertThat(result(signaling.events(ReadFrom.PRIMARY, key("fresh"), 0, 9))
                            .incarnation())
                    .isEqualTo(fresh.incarnation());
        }
    }

    private static Joined answer(Signaling signaling, String code, @Nullable SessionToken token) {
        return result(signaling.answer(key(code), Description.of("a"), null, Trickle.NOTHING, token));
    }

    private static SessionKey key(String code) {
        return new SessionKey(NAMESPACE, new Code(code));
    }

    /**
     * @param met whether generation 1 was answered
     * @param answered whether the current one is
     */
    private static void insert(Connection old, long id, String code, int generation, boolean met, boolean answered)
            throws SQLException {
        long now = Instant.now().toEpochMilli();
        int events = generation + (met ? 1 : 0);
        boolean sqlite = old.getMetaData().getDatabaseProductName().equals("SQLite");
        try (PreparedStatement session = old.prepareStatement("""
                INSERT INTO sessions (id, namespace, code, topic, tags, generation, seq, answered, offer_candidates,
                                      answer_candidates, offerer_token, answerer_token, created_at, expires_at)
                %s VALUES (?, ?, ?, 't', '', ?, ?, ?, 0, 0, ?, ?, ?, ?)""".formatted(sqlite ? "" : "OVERRIDING SYSTEM VALUE"))) {
            session.setLong(1, id);
            session.setString(2, NAMESPACE.name());
            session.setString(3, code);
            session.setInt(4, generation);
            session.setLong(5, events);
            session.setInt(6, answered ? 1 : 0);
            session.setBytes(7, TokenHash.of("an-offerer").bytes());
            session.setBytes(8, met ? TokenHash.of(FIRST_ANSWERER.secret()).bytes() : null);
            session.setLong(9, now);
            session.setLong(10, now + 600_000);
            session.executeUpdate();
        }
        int seq = 1;
        event(old, id, seq++, 1, 1);
        if (met) {
            event(old, id, seq++, 1, 2);
        }
        if (generation == 2) {
            event(old, id, seq, 2, 1);
        }
    }

    private static void event(Connection old, long session, int seq, int generation, int kind) throws SQLException {
        try (PreparedStatement event = old.prepareStatement(
                "INSERT INTO events (session_id, seq, generation, kind, payload) VALUES (?, ?, ?, ?, ?)")) {
            event.setLong(1, session);
            event.setLong(2, seq);
            event.setInt(3, generation);
            event.setInt(4, kind);
            event.setBytes(5, ("said " + seq).getBytes(StandardCharsets.UTF_8));
            event.executeUpdate();
        }
    }
}
