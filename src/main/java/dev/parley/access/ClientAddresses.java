package dev.parley.access;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From which network address a request comes, as every limit counts it.
 *
 * <p>That is the address of the connection, whatever {@code X-Forwarded-For} says; only where the connection is a trusted proxy's,
 * that header is read, from its end: each proxy adds who came to it, so the last address that is no trusted proxy's is the
 * client's, and what stands before it anybody could have written. Of IPv6 the first 64 bits count, for a client has all
 * addresses that begin with them.
 */
public final class ClientAddresses {
    private static final String WITHOUT_ADDRESS = "local";
    private static final String FORWARDED_FOR = "X-Forwarded-For";

    private final List<IpSubnetFilterRule> trusted;

    private ClientAddresses(List<IpSubnetFilterRule> trusted) {
        this.trusted = trusted;
    }

    /**
     * Behind proxies.
     *
     * @param trusted addresses, or networks as {@code 10.0.0.0/8}; empty where no header is to be believed
     * @throws IllegalArgumentException naming the entry that is neither
     */
    public static ClientAddresses behind(List<String> trusted) {
        return new ClientAddresses(
                trusted.stream().map(ClientAddresses::network).toList());
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        if (address == null || (slash >= 0 && !bits.matches("\\d{1,3}"))) {
            throw new IllegalArgumentException("\"" + text + "\" is no address and no network such as 10.0.0.0/8.");
        }
        int prefix = slash < 0 ? address.length * Byte.SIZE : Integer.parseInt(bits);
        if (prefix > address.length * Byte.SIZE) {
            throw new IllegalArgumentException("\"" + text + "\" has more bits than its address.");
        }
        return new IpSubnetFilterRule(inetAddress(address), prefix, IpFilterRuleType.ACCEPT);
    }

    /** Whose share of what is bounded the request uses. Clients at a Unix domain socket have no address and count as one. */
    public String of(HttpServerRequest request) {
        return of(request.connection().remoteAddress().hostAddress(), request.headers());
    }

    String of(@Nullable String peer, MultiMap headers) {
        if (peer == null) {
            return WITHOUT_ADDRESS;
        }
        byte[] address = trusted.isEmpty() && peer.indexOf(':') < 0 ? null : bytes(peer);
        if (address == null) {
            return peer;
        }
        return counted(isTrusted(address) ? forwarded(headers.getAll(FORWARDED_FOR), address) : address);
    }

    /** The client's address as trusted proxies have handed it on; the last proxy's where it is not known who came to it. */
    private byte[] forwarded(List<String> headers, byte[] proxy) {
        byte[] last = proxy;
        for (int line = headers.size() - 1; line >= 0; line--) {
            String[] hops = headers.get(line).split(",", -1);
            for (int hop = hops.length - 1; hop >= 0; hop--) {
                byte[] address = bytes(withoutPort(hops[hop].strip()));
                if (address == null) {
                    return last;
                }
                last = address;
                if (!isTrusted(address)) {
                    return last;
                }
            }
        }
        return last;
    }

    private boolean isTrusted(byte[] address) {
        if (trusted.isEmpty()) {
            return false;
        }
        var remote = new InetSocketAddress(inetAddress(address), 0);
        return trusted.stream().anyMatch(network -> network.matches(remote));
    }

    /** Some proxies add the port: {@code 192.0.2.7:4711}, {@code [2001:db8::7]:4711}. */
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? hop : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    private static String counted(byte[] address) {
        InetAddress whole = inetAddress(address); // an IPv4 address that is mapped into IPv6 becomes what it is
        if (whole.getAddress().length == 4) {
            return whole.getHostAddress();
        }
        byte[] network = new byte[address.length];
        System.arraycopy(address, 0, network, 0, Long.BYTES);
        return NetUtil.toAddressString(inetAddress(network)) + "/64";
    }

    /** The address that {@code text} is, without asking anybody for its name; null where it is none. */
    private static byte @Nullable [] bytes(String text) {
        return NetUtil.createByteArrayFromIpAddressString(text);
    }

    private static InetAddress inetAddress(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // an address has 4 or 16 bytes
        }
    }
}
