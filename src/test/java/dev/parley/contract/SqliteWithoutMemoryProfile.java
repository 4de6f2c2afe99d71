package dev.parley.contract;

import java.util.HashMap;
import java.util.Map;

/** The store's tests on a new SQLite file that every read looks into. */
public class SqliteWithoutMemoryProfile extends SqliteProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        var overrides = new HashMap<>(super.getConfigOverrides());
        overrides.put("parley.store.memory", "0");
        return overrides;
    }
}
