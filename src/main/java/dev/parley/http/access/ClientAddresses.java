package dev.parley.http.access;

import dev.parley.config.InvalidConfiguration;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The client address that limits count by, and the scheme and host that the client used: of the connection, or as trusted proxies report
 * them in {@code Forwarded} (RFC 7239) or {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}.
 *
 * <p>The headers are read from their end. Each proxy appends the address that connected to it, so the last address that is not a
 * trusted proxy is the client; anything before it may be forged. The hop that reports this address also reports the scheme and host
 * that the client used. Most proxies write one of the two forms and pass the other on as they received it. If the two name different
 * clients, one of them is forged, and the address of the proxy counts.
 *
 * <p>Quarkus can read these headers too ({@code quarkus.http.proxy}), but takes the first address of a list, which the client wrote.
 */
@Singleton
public final class ClientAddresses {
    private static final String WITHOUT_ADDRESS = "local";

    /**
     * One parameter of {@code Forwarded} and the separator behind it. A value ends at a delimiter, because some proxies do not quote
     * the colon of a port. The group of a quoted string is possessive: otherwise the expression would recurse once for each escaped
     * character.
     */
    private static final Pattern PARAMETER = Pattern.compile(
            "\\G[ \\t]*(?:([^ \\t,;=\"]+)=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^ \\t,;=\"]*)))?[ \\t]*([,;]|$)");

    private static final Hop NOTHING = new Hop("", null, null);

    private final List<IpSubnetFilterRule> proxies;

    @Inject
    public ClientAddresses(OriginConfig config) {
        this(config.trustedProxies().orElse(List.of()));
    }

    /** @param proxies addresses, or networks such as {@code 10.0.0.0/8}; none if no header is trusted */
    ClientAddresses(List<String> proxies) {
        this.proxies = proxies.stream().map(ClientAddresses::network).toList();
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        int bitsMax = address == null ? 0 : address.getAddress().length * Byte.SIZE;
        int prefix = slash < 0 ? bitsMax : bits.matches("\\d{1,3}") ? Integer.parseInt(bits) : -1;
        if (address == null || prefix < 0 || prefix > bitsMax) {
            throw new InvalidConfiguration("parley.limits.trusted-proxies: \"" + text
                    + "\" is neither an address nor a network such as 10.0.0.0/8.");
        }
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    /**
     * The address of a request. All clients of a Unix domain socket count as one, and so do IPv6 addresses with the same first 64 bits,
     * because a client usually owns all of them.
     */
    public String of(HttpServerRequest request) {
        return of(request.connection().remoteAddress().hostAddress(), request.headers());
    }

    String of(@Nullable String peer, MultiMap headers) {
        if (peer == null) {
            return WITHOUT_ADDRESS;
        }
        InetAddress address = proxies.isEmpty() && peer.indexOf(':') < 0 ? null : address(peer);
        return address == null ? peer : counted(forwarded(address, headers).client());
    }

    private static String counted(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        Arrays.fill(bytes, Long.BYTES, bytes.length, (byte) 0);
        return NetUtil.toAddressString(address(bytes)) + "/64";
    }

    /**
     * What is known about a request.
     *
     * @param client the client's address; the proxy's own address if no proxy reports it
     * @param scheme the scheme that the client used; null if no trusted proxy reports it
     * @param host the host that the client used, with a port unless it is the default; null if no trusted proxy reports it
     */
    record Forwarded(
            InetAddress client,
            @Nullable String scheme,
            @Nullable String host) {}

    /** What was forwarded about a request; null without trusted proxies, or if it came by a Unix domain socket. */
    @Nullable
    Forwarded forwarded(HttpServerRequest request) {
        String peer =
                proxies.isEmpty() ? null : request.connection().remoteAddress().hostAddress();
        InetAddress address = peer == null ? null : address(peer);
        return address == null ? null : forwarded(address, request.headers());
    }

    private Forwarded forwarded(InetAddress peer, MultiMap headers) {
        if (!isTrusted(peer)) {
            return new Forwarded(peer, null, null);
        }
        List<Hop> hops = hopsOfForwarded(headers.getAll("Forwarded"));
        Forwarded standard = follow(peer, hops);
        List<String> clients = split(headers.getAll("X-Forwarded-For"));
        Forwarded common = follow(
                peer,
                hopsOfXForwarded(
                        clients,
                        split(headers.getAll("X-Forwarded-Proto")),
                        split(headers.getAll("X-Forwarded-Host"))));
        boolean standardNames =
                !hops.isEmpty() && !hops.get(hops.size() - 1).client().isEmpty();
        InetAddress client = !standardNames || standard.client.equals(common.client)
                ? common.client
                : clients.isEmpty() ? standard.client : peer;
        return new Forwarded(
                client,
                common.scheme == null ? standard.scheme : common.scheme,
                common.host == null ? standard.host : common.host);
    }

    /** Follows the hops from their end as long as proxies are trusted. The outermost of these reports what the client used. */
    private Forwarded follow(InetAddress peer, List<Hop> hops) {
        InetAddress client = peer;
        String scheme = null;
        String host = null;
        for (int i = hops.size() - 1; i >= 0; i--) {
            Hop hop = hops.get(i);
            scheme = hop.scheme == null ? scheme : hop.scheme;
            host = hop.host == null ? host : hop.host;
            InetAddress address = address(withoutPort(hop.client));
            if (address == null) {
                break;
            }
            client = address;
            if (!isTrusted(address)) {
                break;
            }
        }
        return new Forwarded(client, scheme, host);
    }

    private boolean isTrusted(InetAddress address) {
        var remote = new InetSocketAddress(address, 0);
        return proxies.stream().anyMatch(network -> network.matches(remote));
    }

    /**
     * What one proxy reports about the request that it received.
     *
     * @param client the address that sent the request, possibly with a port; empty if the proxy reports none
     */
    private record Hop(
            String client,
            @Nullable String scheme,
            @Nullable String host) {
        Hop with(String parameter, String value) {
            return switch (parameter.toLowerCase(Locale.ROOT)) {
                case "for" -> new Hop(value, scheme, host);
                case "proto" -> new Hop(client, value, host);
                case "host" -> new Hop(client, scheme, value);
                default -> this; // "by", and extensions
            };
        }
    }

    /** The hops in the order of the proxies; a malformed line is one hop with an unknown client. */
    private static List<Hop> hopsOfForwarded(List<String> lines) {
        var hops = new ArrayList<Hop>();
        for (String line : lines) {
            var parsed = new ArrayList<Hop>();
            Hop hop = null;
            int end = 0;
            for (Matcher parameter = PARAMETER.matcher(line); parameter.find(); end = parameter.end()) {
                if (parameter.group(1) != null) {
                    hop = (hop == null ? NOTHING : hop).with(parameter.group(1), value(parameter));
                }
                if (hop != null && !parameter.group(4).equals(";")) { // empty elements count as none
                    parsed.add(hop);
                    hop = null;
                }
            }
            hops.addAll(end == line.length() ? parsed : List.of(new Hop("unknown", null, null)));
        }
        return hops;
    }

    private static String value(Matcher parameter) {
        String quoted = parameter.group(2);
        return quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1");
    }

    /** The lists may differ in length; they are aligned at their ends, because each proxy appends. */
    private static List<Hop> hopsOfXForwarded(List<String> clients, List<String> schemes, List<String> hosts) {
        var hops = new ArrayList<Hop>();
        int size = Math.max(clients.size(), Math.max(schemes.size(), hosts.size()));
        for (int fromEnd = size; fromEnd > 0; fromEnd--) {
            String client = fromEnd(clients, fromEnd);
            hops.add(new Hop(client == null ? "" : client, fromEnd(schemes, fromEnd), fromEnd(hosts, fromEnd)));
        }
        return hops;
    }

    private static List<String> split(List<String> lines) {
        return lines.stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private static @Nullable String fromEnd(List<String> list, int fromEnd) {
        String value = fromEnd > list.size() ? "" : list.get(list.size() - fromEnd);
        return value.isEmpty() ? null : value;
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

    /** The address in {@code text}, without a name lookup; null if it is not one. An IPv4-mapped IPv6 address becomes IPv4. */
    private static @Nullable InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        return bytes == null ? null : address(bytes);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // impossible: an address has 4 or 16 bytes
        }
    }
}
