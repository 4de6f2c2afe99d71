package dev.parley.cli;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.StoreAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at the settings and the versions, and has the store look at itself. */
public final class Checkup {
    private static final String SETTINGS = "settings";

    private final List<Runnable> settings;
    private final Set<String> misspelt;
    private final String versions;
    private final KeyCheck keys;
    private final StoreAdmin upkeep;

    /**
     * @param settings each throws {@link InvalidConfiguration} where the service would not start
     * @param misspelt variables that look like settings and are none
     * @param versions of all that runs here
     * @param keys who may use the service
     */
    public Checkup(List<Runnable> settings, Set<String> misspelt, String versions, KeyCheck keys, StoreAdmin upkeep) {
        this.settings = settings;
        this.misspelt = misspelt;
        this.versions = versions;
        this.keys = keys;
        this.upkeep = upkeep;
    }

    public List<Finding> findings() {
        var findings = new ArrayList<Finding>();
        findings.add(Finding.info("versions", versions));
        findings.addAll(settings());
        findings.add(keys.finding());
        findings.addAll(upkeep.examine());
        return findings;
    }

    private List<Finding> settings() {
        var findings = new ArrayList<Finding>();
        for (Runnable setting : settings) {
            try {
                setting.run();
            } catch (InvalidConfiguration e) {
                findings.add(Finding.fault(
                        SETTINGS,
                        String.valueOf(e.getMessage()),
                        "The service does not start so; change the setting."));
            }
        }
        if (!misspelt.isEmpty()) {
            findings.add(Finding.warning(
                    SETTINGS,
                    "no setting has these names: " + String.join(", ", misspelt),
                    "They have no effect; the guide \"Configuration\" lists all settings."));
        }
        return findings.isEmpty() ? List.of(Finding.ok(SETTINGS, "the service starts with them")) : findings;
    }
}
