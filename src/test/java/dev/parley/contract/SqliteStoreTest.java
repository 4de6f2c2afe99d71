package dev.parley.contract;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.OpeningBuilder.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.signaling.Leases;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;

/** The store's contract on SQLite. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteStoreTest extends StoreContract {
    @Test
    void aServerThatStartsEndsTheLeasesOfItsPredecessor() {
        TestSession session = peers().open(offer("o"));
        Leases crashed = leasesOfAnotherNode();
        result(crashed.take(session.key(), session.offerer(), crashed.of(crashed.newHolder(), LEASE)));

        leasesOfAnotherNode().begin().toCompletableFuture().join();
        clock().advance(LEASE.minusMillis(1));
        leases().closeOverdue().toCompletableFuture().join();
        assertThat(session.session().seq()).isEqualTo(1);
        clock().advance(LEASE);
        leases().closeOverdue().toCompletableFuture().join();

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }
}
