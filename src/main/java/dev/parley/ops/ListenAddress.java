package dev.parley.ops;

import dev.parley.ops.ParleyConfig.Access;
import dev.parley.store.StartRefused;
import io.smallrye.config.SmallRyeConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Where the service listens, and whether it may while nobody is asked for a key. */
record ListenAddress(String host, String port, Optional<Access> access) {
    private static final String HOST = "quarkus.http.host";
    private static final String PORT = "quarkus.http.port";
    private static final int PORT_MAX = 65_535;

    static ListenAddress of(SmallRyeConfig settings, ParleyConfig config) {
        return new ListenAddress(
                settings.getConfigValue(HOST).getValue(),
                settings.getConfigValue(PORT).getValue(),
                config.access());
    }

    /**
     * Refuses what cannot be listened on; and, unless open access was asked for in so many words, every address that other machines
     * can reach: who finds the service there could read and fill it.
     */
    void refuseUnsafe() {
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new StartRefused(PORT + ": \"" + port + "\" is no port; it must be 0 to " + PORT_MAX + ".");
        }
        if (access.isEmpty() && !isLoopback()) {
            throw new StartRefused(
                    "parley.access: " + host + " (" + HOST + ") can be reached by other machines, and anybody there"
                            + " could use the service; set parley.access=open if that is meant.");
        }
    }

    private boolean isLoopback() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            throw new StartRefused(HOST + ": no machine is known as \"" + host + "\".");
        }
    }
}
