package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Description;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.Trickle.Trickled;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.crypto.Keys;
import dev.parley.store.crypto.PayloadCodec;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.TestWaitRegistries;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A store with encryption keys, opened several times: the content of its tables, payloads that were changed or moved there, the keys
 * that open it, and a change of keys.
 */
abstract class EncryptionContract {
    private static final String SDP = "v=0\r\na=ice-pwd:never-on-a-disk\r\n";

    private final MovableClock clock = new MovableClock();
    private final List<Database> opened = new ArrayList<>();

    /**
     * Opens the one store of a test.
     *
     * @param encrypts whether there are keys
     */
    abstract Database open(boolean encrypts);

    /** The store, opened by one process. */
    private record Node(Database database, Peers peers) {}

    private Node server(String... keys) {
        return node(keys.length == 0 ? EncryptionKeys.EMPTY : Keys.ring(keys), true);
    }

    private Node command(String... keys) {
        return node(keys.length == 0 ? EncryptionKeys.EMPTY : Keys.ring(keys), false);
    }

    private Node node(EncryptionKeys keyring, boolean serving) {
        var random = new SecureRandom();
        Database database = open(!keyring.isEmpty());
        opened.add(database);
        PayloadCodec codec;
        try {
            codec = EncryptionCheck.codec(database, keyring, serving, random, clock.instant());
        } catch (InvalidConfiguration e) {
            database.close();
            opened.remove(database);
            throw e;
        }
        var signaling = TestSignaling.over(
                database, codec, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, random);
        return new Node(database, Peers.inNewNamespace(signaling));
    }

    private void close(Node node) {
        node.database.close();
        opened.remove(node.database);
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Database::close);
    }

    private TestSession seenBy(Node node, TestSession session) {
        return new TestSession(node.peers.signaling(), session.key(), session.offerer(), session.answerer());
    }

    @Test
    void payloadsAreInNoColumnAndAreReadAsTheyWereSent() {
        Node node = server("k");
        TestSession session = node.peers.openAnswered(offer(SDP).topic("chess").trickle(candidates("secret")), SDP);
        session.trickle(ANSWERER, lastCandidates("secret"));

        assertThat(session.session().offerer().description()).isEqualTo(Description.of(SDP));
        assertThat(session.session().answerer().description()).isEqualTo(Description.of(SDP));
        assertThat(session.side(OFFERER).candidates())
                .isEqualTo(candidates("secret").candidates());
        assertThat(session.events()).hasSize(5);
        assertThat(node.peers.waiting("chess", 10)).isEmpty();
        for (byte[] payload : payloads(node)) {
            assertThat(new String(payload, StandardCharsets.ISO_8859_1)).doesNotContain("ice-pwd", "secret");
        }
        assertThat(blobs(node, "SELECT digest FROM events WHERE kind = 3"))
                .as("a hash by which a candidate can be guessed")
                .hasSize(1)
                .doesNotContain(candidates("secret").candidates().get(0).digest());
        assertThat(text(node, "SELECT min(payload) FROM conversation")).matches("\\(sealed, \\d+ bytes\\)");
    }

    @Test
    void sessionsThatWaitUnderATopicAreReadToo() {
        Node node = server("k");
        node.peers.open(offer(SDP).topic("chess"));
        node.peers.open(offer("other").topic("chess").trickle(candidates("x")));

        assertThat(node.peers.waiting("chess", 10))
                .extracting(waiting -> waiting.offerer().description())
                .containsExactly(Description.of("other"), Description.of(SDP));
    }

    @Test
    void aReplayIsRecognizedAlthoughNothingIsStoredInPlaintext() {
        Node node = server("k");
        OpeningBuilder draft = offer(SDP).code("replayed").token(TestValues.newToken());
        node.peers.join(draft);
        TestSession session = node.peers.open(offer("o"));
        session.answer(SDP);

        assertThat(node.peers.join(draft).replay()).isTrue();
        assertThat(session.answer(SDP).replay()).isTrue();
    }

    @Test
    void aChangedPayloadIsAnErrorAndNeverAnotherText() {
        Node node = server("k");
        TestSession session = node.peers.open(offer(SDP).trickle(candidates("x")));
        byte[] changed = payload(node, session, 1);
        changed[changed.length - 20] ^= 1;
        put(node, changed, session, 1);

        assertDamaged(session);
        assertThat(session.events(1, 10)).as("the others").hasSize(1);
    }

    @Test
    void plaintextInAnEncryptedStoreIsRejected() {
        Node node = server("k");
        TestSession session = node.peers.open(offer(SDP));
        put(node, SDP.getBytes(StandardCharsets.UTF_8), session, 1);

        assertDamaged(session);
    }

    @Test
    void swappedCandidatesAreDetected() {
        Node node = server("k");
        TestSession session = node.peers.open(offer("o").trickle(candidates("first", "secnd")));
        byte[] first = payload(node, session, 2);
        put(node, payload(node, session, 3), session, 2);
        put(node, first, session, 3);

        assertDamaged(session);
    }

    @Test
    void swappedOffersAreDetected() {
        Node node = server("k");
        TestSession one = node.peers.open(offer("one"));
        TestSession two = node.peers.open(offer("two"));
        byte[] first = payload(node, one, 1);
        put(node, payload(node, two, 1), one, 1);
        put(node, first, two, 1);

        assertDamaged(one);
        assertDamaged(two);
    }

    @Test
    void anAnswerTurnedIntoACandidateIsDetected() {
        Node node = server("k");
        TestSession session = node.peers.openAnswered(offer("o"), "a");
        change(node, "UPDATE events SET kind = 4, checksum = NULL WHERE seq = 2");
        change(node, "UPDATE sessions SET checksum = NULL");

        assertDamaged(session);
    }

    @Test
    void anOfferMovedToALaterGenerationIsDetected() {
        Node node = server("k");
        TestSession session = node.peers.open(offer("one"));
        session.restart("two");
        put(node, payload(node, session, 1), session, 2);

        assertDamaged(session);
    }

    @Test
    void anOfferOfAnEarlierSessionUnderTheSameCodeIsDetected() {
        Node node = server("k");
        node.peers.open(offer("keeps the id in use"));
        TestSession earlier = node.peers.open(offer("earlier").code("lobby"));
        byte[] kept = payload(node, earlier, 1);
        node.peers.open(offer("keeps the next id in use"));
        earlier.close();
        TestSession later = node.peers.open(offer("later").code("lobby"));
        put(node, kept, later, 1);

        assertDamaged(later);
    }

    @Test
    void aStoreWithAKeyOpensOnlyWithThatKey() {
        close(server("k"));

        assertRefused(EncryptionKeys.EMPTY, "\"k\"", "no key is set");
        assertRefused(Keys.ring("another"), "\"k\"", "not among them");
        assertRefused(EncryptionKeys.parse(List.of(Keys.otherSetting("k"))), "\"k\"", "not the one");
        close(server("k"));
    }

    @Test
    void aKeyIsChangedInTwoStepsAndTheOldOneIsNeededWhileALiveSessionNeedsIt() throws SQLException {
        Node before = server("old");
        TestSession session = before.peers.openAnswered(offer(SDP).trickle(candidates("x")), SDP);
        close(before);
        assertRefused(Keys.ring("new"), "\"old\"");
        Node between = server("new", "old");
        TestSession seen = seenBy(between, session);
        assertThat(seen.session().offerer().description()).isEqualTo(Description.of(SDP));
        assertThat(seen.trickle(OFFERER, candidates("x")))
                .as("a repeated candidate")
                .isEqualTo(new Trickled(3, 0));
        seen.trickle(OFFERER, candidates("y"));
        assertThat(summary(between, "new", "old")).contains("\"new\" 1", "\"old\" 3");
        close(between);
        assertRefused(Keys.ring("new"), "\"old\"", "doctor");
        assertRefused(EncryptionKeys.parse(List.of(Keys.setting("new"), Keys.otherSetting("old"))), "not the one");

        clock.advance(PostgresNode.LIMITS.ttlMax());
        Node after = server("new");
        TestSession fresh = after.peers.open(offer("fresh"));
        assertThat(summary(after, "new")).contains("\"new\" 1");
        close(after);
        assertRefused(Keys.ring("old"), "\"new\"");
        assertThat(seenBy(server("new"), fresh).session().offerer().description())
                .isEqualTo(Description.of("fresh"));
    }

    @Test
    void aCommandEncryptsWithAKeyThatAServerHas() {
        close(server("old"));
        Node command = command("new", "old");
        TestSession session = command.peers.open(offer("a command's"));
        close(command);

        assertThat(seenBy(server("old"), session).session().offerer().description())
                .isEqualTo(Description.of("a command's"));
    }

    @Test
    void aStoreIsEncryptedFromItsFirstSessionOnOrNotAtAll() {
        Node plain = server();
        TestSession session = plain.peers.open(offer(SDP));
        assertThat(text(plain, "SELECT max(payload) FROM conversation")).isEqualTo(SDP);
        close(plain);

        assertRefused(Keys.ring("k"), "plaintext", "sweep");

        Node again = server();
        seenBy(again, session).close();
        Awaited.result(again.database.write(tx -> SessionStore.sweep(tx, clock.instant(), 10)));
        close(again);
        Node encrypted = server("k");
        TestSession first = encrypted.peers.open(offer(SDP));
        put(encrypted, "forged".getBytes(StandardCharsets.UTF_8), first, 1);
        assertDamaged(first);
    }

    @Test
    void aCommandWithoutAKeyCountsAndSweepsAndReadsNoPayload() {
        Node server = server("k");
        TestSession session = server.peers.open(offer(SDP));
        close(server);
        Node command = command();

        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> command.peers.open(offer("in clear")))
                .withMessageContaining("parley.encryption.keys");
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> seenBy(command, session).session());
        clock.advance(PostgresNode.LIMITS.ttlMax());
        int swept = Awaited.result(command.database.write(tx -> SessionStore.sweep(tx, clock.instant(), 10)));
        assertThat(swept).isEqualTo(1);
    }

    private void assertRefused(EncryptionKeys keyring, String... words) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> node(keyring, true))
                .withMessageStartingWith("parley.encryption.keys: ")
                .withMessageContainingAll(words);
    }

    private String summary(Node node, String... keys) {
        return Awaited.result(node.database.read(
                ReadFrom.PRIMARY,
                reader -> EncryptionCheck.examine(reader, Keys.ring(keys), clock.instant())
                        .summary()));
    }

    private static void assertDamaged(TestSession session) {
        assertThatExceptionOfType(StoreUnavailable.class).isThrownBy(session::session);
    }

    private static byte[] payload(Node node, TestSession session, long seq) {
        return blobs(node, "SELECT payload FROM events WHERE seq = " + seq + " AND session_id = " + id(node, session))
                .get(0);
    }

    /** As somebody who can write to the disk: checksums are not secret, and a session without one requires none. */
    private static void put(Node node, byte[] payload, TestSession session, long seq) {
        String id = id(node, session);
        var put = new Sql(
                "test",
                "UPDATE events SET payload = ?, checksum = NULL WHERE seq = " + seq + " AND session_id = " + id);
        int rows = Awaited.result(
                node.database.write(tx -> tx.call(put).bind(payload).update()));
        assertThat(rows).isEqualTo(1);
        change(node, "UPDATE sessions SET checksum = NULL WHERE id = " + id);
    }

    private static void change(Node node, String sql) {
        int rows = Awaited.result(
                node.database.write(tx -> tx.call(new Sql("test", sql)).update()));
        assertThat(rows).isEqualTo(1);
    }

    private static String id(Node node, TestSession session) {
        return text(
                node,
                "SELECT id FROM sessions WHERE code = '" + session.key().code().text() + "'");
    }

    private static List<byte[]> payloads(Node node) {
        List<byte[]> payloads = blobs(node, "SELECT payload FROM events WHERE payload IS NOT NULL");
        assertThat(payloads).isNotEmpty();
        return payloads;
    }

    private static List<byte[]> blobs(Node node, String sql) {
        return Awaited.result(node.database.read(
                ReadFrom.PRIMARY,
                reader -> reader.call(new Sql("test", sql)).all(rows -> {
                    var blobs = new ArrayList<byte[]>();
                    while (rows.next()) {
                        blobs.add(rows.getBytes(1));
                    }
                    return blobs;
                })));
    }

    private static String text(Node node, String sql) {
        return Awaited.result(node.database.read(ReadFrom.PRIMARY, reader -> text(reader, sql)));
    }

    private static String text(Statements reader, String sql) throws SQLException {
        String text = reader.call(new Sql("test", sql)).first(row -> row.getString(1));
        return text == null ? "" : text;
    }
}
