package dev.parley.cli;

import dev.parley.access.AccessConfig;
import dev.parley.access.AccessConfig.AccessMode;
import dev.parley.config.InvalidConfiguration;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.ReadOnlyQuery;
import dev.parley.store.admin.StoreAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Examines versions, settings and access, and has the store examine itself.
 *
 * @param checks each throws {@link InvalidConfiguration} if a setting would stop the start of the service
 * @param unknownVariables environment variables that look like settings and are none
 */
public record Checkup(
        List<Runnable> checks, Set<String> unknownVariables, String versions, AccessConfig access, StoreAdmin admin) {
    private static final String SETTINGS = "settings";
    private static final String ACCESS = "access";
    private static final ReadOnlyQuery COUNT_KEYS = new ReadOnlyQuery("SELECT count(*) FROM access_keys");
    private static final Duration COUNT_MAX = Duration.ofSeconds(5);

    /** @throws InvalidConfiguration if a setting must stop the start of the service */
    public void requireValidSettings() {
        checks.forEach(Runnable::run);
    }

    List<Finding> findings() {
        var findings = new ArrayList<Finding>();
        findings.add(Finding.info("versions", versions));
        findings.addAll(settings());
        findings.add(accessFinding());
        findings.addAll(admin.examine());
        return findings;
    }

    private List<Finding> settings() {
        var findings = new ArrayList<Finding>();
        for (Runnable check : checks) {
            try {
                check.run();
            } catch (InvalidConfiguration e) {
                findings.add(Finding.fault(
                        SETTINGS,
                        String.valueOf(e.getMessage()),
                        "The service does not start with this setting; change it."));
            }
        }
        if (!unknownVariables.isEmpty()) {
            findings.add(Finding.warning(
                    SETTINGS,
                    "unknown environment variables: " + String.join(", ", unknownVariables),
                    "They have no effect; see the configuration guide for the names of settings."));
        }
        return findings.isEmpty() ? List.of(Finding.ok(SETTINGS, "the service starts with them")) : findings;
    }

    private Finding accessFinding() {
        if (access.mode().filter(AccessMode.KEY::equals).isEmpty()) {
            return Finding.ok(
                    ACCESS,
                    access.mode().isPresent()
                            ? "open to everyone who reaches the service"
                            : "open to every program on this machine; the service listens on the loopback only");
        }
        long keys = keys();
        if (keys == 0 && access.jwtIssuer().isEmpty()) {
            return Finding.warning(
                    ACCESS, "API keys are required, but there are none", "Create one with \"parley key create\".");
        }
        String tokens =
                access.jwtIssuer().map(issuer -> ", and tokens of " + issuer).orElse("");
        return Finding.ok(ACCESS, keys + (keys == 1 ? " key" : " keys") + tokens);
    }

    /** Zero if the store cannot be read, for example because it does not exist yet; its own examination reports why. */
    private long keys() {
        var keys = new AtomicLong();
        try {
            admin.query(COUNT_KEYS, COUNT_MAX, values -> {
                keys.set(values.get(0) instanceof Number number ? number.longValue() : 0);
                return false;
            });
        } catch (AdminRefused e) {
            return 0;
        }
        return keys.get();
    }
}
