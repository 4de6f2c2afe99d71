package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are not as they were written: calls that read them get 503, and the log names each row by its id. */
@Tag("slow")
class DamagedRowIT {
    private static final String TOKEN = "the-own-secret-of-an-offerer";

    @TempDir
    Path folder;

    @Test
    void aDamagedRowIsNamedInTheLog() throws SQLException {
        List<String> codes = List.of("changed-event", "unknown-kind", "missing-event", "changed-session", "whole");
        try (RunningParley parley = jar().start()) {
            codes.forEach(code -> assertThat(parley.client()
                            .open(code, TOKEN, "an offer", List.of())
                            .status())
                    .isEqualTo(201));
            parley.stop();
        }
        try (OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            store.execute("PRAGMA ignore_check_constraints = ON");
            String event = " WHERE seq = 1 AND session_id = ";
            store.execute("UPDATE events SET payload = X'00'" + event + id(store, "changed-event"));
            store.execute("UPDATE events SET kind = 99" + event + id(store, "unknown-kind"));
            store.execute("DELETE FROM events" + event + id(store, "missing-event"));
            store.execute("UPDATE sessions SET peer_id = 'another' WHERE code = 'changed-session'");
        }
        ProcessExit doctor = jar().run("doctor");
        assertThat(doctor.code()).as("%s", doctor).isEqualTo(1);
        assertThat(doctor.out()).contains("5 live sessions read, 4 damaged", "→");
        try (RunningParley parley = jar().start();
                OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            for (String code : codes) {
                assertThat(parley.client().session(code).status()).as(code).isEqualTo(code.equals("whole") ? 200 : 503);
            }
            assertThat(parley.log())
                    .contains("event 1 of the session with the id " + id(store, "changed-event") + ":")
                    .contains("event 1 of the session with the id " + id(store, "unknown-kind") + ":")
                    .contains("the session with the id " + id(store, "changed-session") + ":")
                    .contains(" the session with the id " + id(store, "missing-event") + ":")
                    .doesNotContain("the session with the id " + id(store, "whole"));
            codes.forEach(code -> assertThat(parley.log()).doesNotContain(code));
        }
    }

    private static String id(OutsideConnection store, String code) throws SQLException {
        return String.valueOf(store.value("SELECT id FROM sessions WHERE code = '" + code + "'"));
    }

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db").startingFast();
    }
}
