package dev.parley.store.postgresql;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/** Logs why a node is out of service, each reason once until the node is back. */
final class Reasons {
    private static final Logger LOG = Logger.getLogger(Reasons.class);
    private static final int REASONS_MAX = 8;

    private final Set<String> logged = new HashSet<>();

    /** @param what what is logged before the reason */
    synchronized void warn(String what, SQLException reason) {
        String why = PostgresFailure.line(reason);
        if (logged.size() < REASONS_MAX && logged.add(why)) {
            LOG.warnf("%s: %s", what, why);
        }
    }

    /** The node is back. */
    synchronized void forget() {
        logged.clear();
    }
}
