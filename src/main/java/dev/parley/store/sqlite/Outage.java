package dev.parley.store.sqlite;

import dev.parley.store.sql.RowDamaged;
import java.sql.SQLException;
import org.jboss.logging.Logger;

/** Tells the log when the file begins to fail and when it is well again, and not of every failure between: a full disk has many. */
final class Outage {
    private static final Logger LOG = Logger.getLogger(Outage.class);
    private static final int NONE = -1;

    private final String what;
    private int code = NONE;
    private volatile long failures;

    /** @param what fails, such as {@code Writes} */
    Outage(String what) {
        this.what = what;
    }

    /** The failure that the caller is told. */
    RuntimeException told(SQLException e) {
        if (e instanceof RowDamaged) {
            LOG.error(e.getMessage());
        } else if (SqliteFailure.isTheFiles(e)) {
            count(e);
        }
        return SqliteFailure.told(e);
    }

    private synchronized void count(SQLException e) {
        if (code != e.getErrorCode()) {
            code = e.getErrorCode();
            LOG.errorf("%s fail: %s", what, e.getMessage());
        }
        failures++;
    }

    /** Something worked. */
    void over() {
        if (failures > 0) {
            end();
        }
    }

    private synchronized void end() {
        if (failures > 0) {
            LOG.infof("%s work again; %d failed meanwhile", what, failures);
            failures = 0;
            code = NONE;
        }
    }
}
