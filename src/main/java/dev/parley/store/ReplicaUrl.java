package dev.parley.store;

import dev.parley.config.InvalidConfiguration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One replica of {@code parley.store.replicas}: {@code name@region=postgresql://user:password@host:port/database}. */
public record ReplicaUrl(Node node, StoreUrl.Postgres url) {
    /** The setting that lists the replicas. */
    public static final String KEY = "parley.store.replicas";

    private static final Pattern NODE = Pattern.compile("([A-Za-z0-9._-]{1,64})@([A-Za-z0-9._-]{1,64})");
    private static final Pattern ONE = Pattern.compile(NODE + "=(postgresql://.*)");

    /**
     * Parses the setting.
     *
     * @param primary whose name no replica may have
     * @throws InvalidConfiguration if an entry is invalid, or a name is repeated
     */
    public static List<ReplicaUrl> parse(Optional<String> setting, Node primary) {
        var replicas = new ArrayList<ReplicaUrl>();
        if (setting.isEmpty() || setting.get().isBlank()) {
            return replicas;
        }
        var names = new HashSet<String>();
        names.add(primary.name());
        for (String entry : setting.get().split(",", -1)) {
            Matcher parts = ONE.matcher(entry.strip());
            if (!parts.matches()) {
                throw new InvalidConfiguration(KEY + ": entry " + (replicas.size() + 1)
                        + " is not name@region=postgresql://user:password@host:port/database with one host.");
            }
            String name = parts.group(1);
            if (!names.add(name)) {
                throw new InvalidConfiguration(KEY + ": the name \"" + name + "\" is repeated, or is the primary's.");
            }
            replicas.add(new ReplicaUrl(
                    new Node(name, parts.group(2), false), StoreUrl.Postgres.parse(KEY, parts.group(3))));
        }
        return List.copyOf(replicas);
    }

    /**
     * Parses {@code parley.store.primary}, {@code name@region}.
     *
     * @throws InvalidConfiguration if it is invalid
     */
    public static Node primary(String setting) {
        Matcher parts = NODE.matcher(setting);
        if (!parts.matches()) {
            throw new InvalidConfiguration("parley.store.primary: \"" + setting
                    + "\" is not name@region, each of letters, digits, dots, hyphens and underscores.");
        }
        return new Node(parts.group(1), parts.group(2), true);
    }
}
