package dev.parley.cli;

import dev.parley.store.admin.AdminRefused;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.ReadOnlyQuery;
import dev.parley.store.admin.RowSink;
import dev.parley.store.admin.StoreAdmin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may use the service, and whether anybody can. */
public final class KeyCheck {
    private static final String SUBJECT = "access";
    private static final ReadOnlyQuery COUNT = new ReadOnlyQuery("SELECT count(*) FROM access_keys");
    private static final Duration TIME_MAX = Duration.ofSeconds(5);

    private final boolean asked;
    private final Optional<String> issuer;
    private final StoreAdmin upkeep;

    /**
     * @param asked whether callers are asked for keys
     * @param issuer whose tokens are taken too
     */
    public KeyCheck(boolean asked, Optional<String> issuer, StoreAdmin upkeep) {
        this.asked = asked;
        this.issuer = issuer;
        this.upkeep = upkeep;
    }

    Finding finding() {
        if (!asked) {
            return Finding.ok(SUBJECT, "open to everybody who reaches the service");
        }
        long keys = keys();
        if (keys == 0 && issuer.isEmpty()) {
            return Finding.warning(
                    SUBJECT, "keys are asked for, and none is found", "Make one with \"parley key create\".");
        }
        return Finding.ok(
                SUBJECT,
                keys
                        + (keys == 1 ? " key" : " keys")
                        + issuer.map(name -> ", and tokens of " + name).orElse(""));
    }

    /** None where the store cannot say: it may not be there yet. What is wrong with it, it says itself. */
    private long keys() {
        var count = new Count();
        try {
            upkeep.query(COUNT, TIME_MAX, count);
        } catch (AdminRefused e) {
            return 0;
        }
        return count.keys;
    }

    private static final class Count implements RowSink {
        private long keys;

        @Override
        public void columns(List<String> names) {
            // one, and its name is nobody's business
        }

        @Override
        public boolean row(List<@Nullable Object> values) {
            keys = values.get(0) instanceof Number number ? number.longValue() : 0;
            return false;
        }
    }
}
