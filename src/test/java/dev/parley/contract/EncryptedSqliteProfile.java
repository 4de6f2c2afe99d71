package dev.parley.contract;

import dev.parley.store.crypto.Keys;
import java.util.Map;
import java.util.TreeMap;

/** The store's tests on a new, encrypted SQLite file. */
public final class EncryptedSqliteProfile extends SqliteProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        var settings = new TreeMap<>(super.getConfigOverrides());
        settings.put("parley.encryption.keys", Keys.setting("2026") + "," + Keys.setting("2025"));
        return settings;
    }
}
