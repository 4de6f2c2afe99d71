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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that are trusted to say where a request comes from, in {@code Forwarded} (RFC 7239) or in {@code X-Forwarded-For},
 * {@code -Proto} and {@code -Host}.
 *
 * <p>The headers are read from their end. Each proxy appends the address that connected to it, so the last address that is not a
 * trusted proxy's is the client's, and anybody could have written what precedes it. What the outermost trusted proxy wrote beside
 * that address is the scheme and the host that the client used.
 *
 * <p>Most proxies write one of the two forms and hand on the other as it came. Where the two name different clients, one of them is
 * forged, and the proxy's own address counts.
 *
 * <p>Quarkus can read these headers too ({@code quarkus.http.proxy}), but takes the first address of a list, which the client
 * wrote.
 */
@Singleton
public final class TrustedProxies {
    private static final String FORWARDED = "Forwarded";
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String FORWARDED_PROTO = "X-Forwarded-Proto";
    private static final String FORWARDED_HOST = "X-Forwarded-Host";

    private final List<IpSubnetFilterRule> networks;

    @Inject
    public TrustedProxies(OriginConfig config) {
        try {
            this.networks = networks(config.trustedProxies().orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration("parley.limits.trusted-proxies: " + e.getMessage());
        }
    }

    private TrustedProxies(List<IpSubnetFilterRule> networks) {
        this.networks = networks;
    }

    /**
     * Proxies by their addresses.
     *
     * @param entries addresses, or networks as {@code 10.0.0.0/8}; empty where no header is to be believed
     * @throws IllegalArgumentException naming the entry that is neither
     */
    public static TrustedProxies of(List<String> entries) {
        return new TrustedProxies(networks(entries));
    }

    private static List<IpSubnetFilterRule> networks(List<String> entries) {
        return entries.stream().map(TrustedProxies::network).toList();
    }

    private static IpSubnetFilterRule network(String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        if (address == null || (slash >= 0 && !bits.matches("\\d{1,3}"))) {
            throw new IllegalArgumentException("\"" + text + "\" is no address and no network such as 10.0.0.0/8.");
        }
        int bitsMax = address.getAddress().length * Byte.SIZE;
        int prefix = slash < 0 ? bitsMax : Integer.parseInt(bits);
        if (prefix > bitsMax) {
            throw new IllegalArgumentException("\"" + text + "\" has more bits than its address.");
        }
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    /** Whether there are none, so that no header needs to be read. */
    boolean isEmpty() {
        return networks.isEmpty();
    }

    /** What was forwarded about a request; null where there are no trusted proxies, or it came by a Unix domain socket. */
    public @Nullable Forwarded forwarded(HttpServerRequest request) {
        String peer =
                networks.isEmpty() ? null : request.connection().remoteAddress().hostAddress();
        InetAddress address = peer == null ? null : address(peer);
        return address == null ? null : forwarded(address, request.headers());
    }

    /**
     * What was forwarded about a request.
     *
     * @param peer the other end of the connection on which it came
     */
    Forwarded forwarded(InetAddress peer, MultiMap headers) {
        if (!contains(peer)) {
            return new Forwarded(peer, null, null);
        }
        List<ForwardedElement> elements = ForwardedElement.parse(headers.getAll(FORWARDED));
        boolean named = !elements.isEmpty()
                && !elements.get(elements.size() - 1).client().isEmpty();
        Trail trail =
                trail(peer, elements.stream().map(ForwardedElement::client).toList());
        List<String> hops = list(headers, FORWARDED_FOR);
        Trail otherTrail = trail(peer, hops);
        InetAddress client = !named || trail.client.equals(otherTrail.client)
                ? otherTrail.client
                : hops.isEmpty() ? trail.client : peer;
        return new Forwarded(
                client,
                said(headers, FORWARDED_PROTO, otherTrail, trail.toldBy(elements, ForwardedElement::scheme)),
                said(headers, FORWARDED_HOST, otherTrail, trail.toldBy(elements, ForwardedElement::host)));
    }

    /** The value of {@code header} by the outermost trusted proxy; one that inner proxies handed on is alone. */
    private static @Nullable String said(MultiMap headers, String header, Trail trail, @Nullable String otherwise) {
        List<String> values = list(headers, header);
        String value = values.isEmpty() ? "" : values.get(Math.max(0, values.size() - trail.proxies));
        return value.isEmpty() ? otherwise : value;
    }

    private static List<String> list(MultiMap headers, String name) {
        return headers.getAll(name).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    /** Follows {@code hops}, one that each proxy wrote, from the end as far as proxies are trusted. */
    private Trail trail(InetAddress peer, List<String> hops) {
        InetAddress last = peer;
        int proxies = 0;
        for (int hop = hops.size() - 1; hop >= 0; hop--) {
            proxies++;
            InetAddress address = address(withoutPort(hops.get(hop)));
            if (address == null) {
                break;
            }
            last = address;
            if (!contains(address)) {
                break;
            }
        }
        return new Trail(last, Math.max(1, proxies));
    }

    /**
     * Where a list led.
     *
     * @param client the last known address
     * @param proxies how many trusted proxies wrote into the list
     */
    private record Trail(InetAddress client, int proxies) {
        /** What the outermost proxy said that said it at all. */
        @Nullable
        String toldBy(List<ForwardedElement> elements, Function<ForwardedElement, @Nullable String> what) {
            return elements.stream()
                    .skip(Math.max(0, elements.size() - proxies))
                    .map(what)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
    }

    private boolean contains(InetAddress address) {
        if (networks.isEmpty()) {
            return false;
        }
        var remote = new InetSocketAddress(address, 0);
        return networks.stream().anyMatch(network -> network.matches(remote));
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

    /**
     * The address that {@code text} is, without a look-up of its name; null where it is none. An IPv4 address that is mapped into IPv6
     * becomes what it is.
     */
    static @Nullable InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        return bytes == null ? null : address(bytes);
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // an address has 4 or 16 bytes
        }
    }
}
