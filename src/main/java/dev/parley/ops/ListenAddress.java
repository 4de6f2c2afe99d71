package dev.parley.ops;

import dev.parley.ops.ParleyConfig.Access.Mode;
import dev.parley.store.StartRefused;
import io.smallrye.config.SmallRyeConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * One of the two addresses where the service listens, and whether it may while nobody is asked for a key.
 *
 * @param server the prefix of the settings that say the address
 */
record ListenAddress(String server, String host, String port, Optional<Mode> access) {
    /** Where peers call. */
    static final String HTTP = "quarkus.http";
    /** Where operators look. */
    static final String MANAGEMENT = "quarkus.management";

    private static final int PORT_MAX = 65_535;

    static ListenAddress of(String server, SmallRyeConfig settings, ParleyConfig config) {
        return new ListenAddress(
                server,
                settings.getConfigValue(server + ".host").getValue(),
                settings.getConfigValue(server + ".port").getValue(),
                config.access().mode());
    }

    /**
     * Refuses what cannot be listened on; and, unless keys or open access were asked for in so many words, every address that other
     * machines can reach: who finds the service there could read and fill it.
     */
    void refuseUnsafe() {
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new StartRefused(portKey() + ": \"" + port + "\" is no port; it must be 0 to " + PORT_MAX + ".");
        }
        if (access.isEmpty() && !isLoopback()) {
            throw new StartRefused(
                    "parley.access: " + host + " (" + hostKey()
                            + ") can be reached by other machines, and anybody there"
                            + " could use the service; set parley.access=key to ask for keys, or parley.access=open if that is meant.");
        }
    }

    private String hostKey() {
        return server + ".host";
    }

    private String portKey() {
        return server + ".port";
    }

    /** Whether only this machine reaches it. */
    boolean isLoopback() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            throw new StartRefused(hostKey() + ": no machine is known as \"" + host + "\".");
        }
    }
}
