package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.ops.ParleyConfig.Access.Mode;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
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
            throw new InvalidConfiguration(
                    portKey() + ": \"" + port + "\" is no port; it must be 0 to " + PORT_MAX + ".");
        }
        if (access.isEmpty() && !isLoopback()) {
            throw new InvalidConfiguration(
                    "parley.access: " + host + " (" + hostKey()
                            + ") can be reached by other machines, and anybody there"
                            + " could use the service; set parley.access=key to ask for keys, or parley.access=open if that is meant.");
        }
    }

    /** Refuses the port of {@code other}, where both are on one address. */
    void refuseSame(ListenAddress other) {
        if (!port.equals("0") && Integer.parseInt(port) == Integer.parseInt(other.port) && isAt(other)) {
            throw new InvalidConfiguration(portKey() + ": port " + port + " is that of " + other.portKey()
                    + " too; choose another one with " + variable() + ".");
        }
    }

    private boolean isAt(ListenAddress other) {
        InetAddress one = address();
        InetAddress two = other.address();
        return one.isAnyLocalAddress() || two.isAnyLocalAddress() || one.equals(two);
    }

    /** Refuses an address on which nothing can listen at this moment; tries it. */
    void refuseTaken() {
        InetAddress address = address();
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, Integer.parseInt(port)));
        } catch (IOException e) {
            throw new InvalidConfiguration(
                    isOfThisMachine(address)
                            ? portKey() + ": port " + port + " on " + host + " cannot be listened on (" + e.getMessage()
                                    + "); stop the process that has it, or choose another one with " + variable() + "."
                            : hostKey() + ": " + host + " is no address of this machine.");
        }
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw unknownHost();
        }
    }

    private InvalidConfiguration unknownHost() {
        return new InvalidConfiguration(hostKey() + ": no machine is known as \"" + host + "\".");
    }

    private String variable() {
        return portKey().replace('.', '_').toUpperCase(Locale.ROOT);
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
            throw unknownHost();
        }
    }
}
