package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
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

/**
 * An address that the service listens on, checked before anything is opened.
 *
 * @param server prefix of the settings {@code host} and {@code port}
 */
record ListenAddress(String server, String host, String port) {
    static final String HTTP = "quarkus.http";
    static final String MANAGEMENT = "quarkus.management";

    private static final int PORT_MAX = 65_535;

    static ListenAddress of(String server, SmallRyeConfig settings) {
        return new ListenAddress(
                server,
                settings.getConfigValue(server + ".host").getValue(),
                settings.getConfigValue(server + ".port").getValue());
    }

    void refuseInvalidPort() {
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new InvalidConfiguration(portKey() + ": \"" + port + "\" must be a port from 0 to " + PORT_MAX + ".");
        }
    }

    /** Refuses an address that other machines can reach, for a service that requires no credential. */
    void refuseRemote() {
        if (!isLoopback()) {
            throw new InvalidConfiguration(
                    "parley.access: other machines can reach " + host + " (" + hostKey()
                            + "), so anyone could use the service; set parley.access=key to require keys, or parley.access=open to allow it.");
        }
    }

    /** Refuses the port of {@code other} if both have the same address. */
    void refuseSame(ListenAddress other) {
        boolean samePort = !port.equals("0") && Integer.parseInt(port) == Integer.parseInt(other.port);
        if (samePort
                && (address().isAnyLocalAddress()
                        || other.address().isAnyLocalAddress()
                        || address().equals(other.address()))) {
            throw new InvalidConfiguration(portKey() + ": port " + port + " is also " + other.portKey()
                    + "; choose another one with " + variable() + ".");
        }
    }

    /** Refuses an address that cannot be bound at the moment. */
    void refuseTaken() {
        InetAddress address = address();
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(address, Integer.parseInt(port)));
        } catch (IOException e) {
            throw new InvalidConfiguration(
                    isOfThisMachine(address)
                            ? portKey() + ": port " + port + " on " + host + " cannot be bound (" + e.getMessage()
                                    + "); stop the process that uses it, or choose another one with " + variable() + "."
                            : hostKey() + ": " + host + " is not an address of this machine.");
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

    private boolean isLoopback() {
        return Arrays.stream(addresses()).allMatch(InetAddress::isLoopbackAddress);
    }

    private InetAddress address() {
        return addresses()[0];
    }

    private InetAddress[] addresses() {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new InvalidConfiguration(hostKey() + ": the host \"" + host + "\" is unknown.");
        }
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
}
