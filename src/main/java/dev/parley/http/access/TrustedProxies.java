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
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose {@code Forwarded} (RFC 7239) or {@code X-Forwarded-For}, {@code -Proto} and {@code -Host} headers are trusted.
 *
 * <p>The headers are read from their end. Each proxy appends the address that connected to it, so the last address that is not a
 * trusted proxy is the client; anything before it may be forged. The hop that reports this address also reports the scheme and host
 * that the client used.
 *
 * <p>Most proxies write one of the two forms and pass the other on as they received it. If the two name different clients, one of
 * them is forged, and the address of the proxy counts.
 *
 * <p>Quarkus can read these headers too ({@code quarkus.http.proxy}), but takes the first address of a list, which the client wrote.
 */
@Singleton
public final class TrustedProxies {
    private final List<IpSubnetFilterRule> networks;

    @Inject
    public TrustedProxies(OriginConfig config) {
        this(networks(config.trustedProxies().orElse(List.of())));
    }

    private TrustedProxies(List<IpSubnetFilterRule> networks) {
        this.networks = networks;
    }

    /** @param entries addresses, or networks such as {@code 10.0.0.0/8}; none if no header is trusted */
    static TrustedProxies of(List<String> entries) {
        return new TrustedProxies(networks(entries));
    }

    private static List<IpSubnetFilterRule> networks(List<String> entries) {
        return entries.stream().map(TrustedProxies::network).toList();
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

    /** Whether no proxy is trusted, so that no header needs to be read. */
    boolean isEmpty() {
        return networks.isEmpty();
    }

    /**
     * What trusted proxies report about a request.
     *
     * @param client the client's address; the proxy's own address if no proxy reports it
     * @param scheme the scheme that the client used; null if no trusted proxy reports it
     * @param host the host that the client used, with a port unless it is the default; null if no trusted proxy reports it
     */
    public record Forwarded(
            InetAddress client,
            @Nullable String scheme,
            @Nullable String host) {}

    /** What was forwarded about a request; null without trusted proxies, or if it came by a Unix domain socket. */
    public @Nullable Forwarded forwarded(HttpServerRequest request) {
        String peer =
                networks.isEmpty() ? null : request.connection().remoteAddress().hostAddress();
        InetAddress address = peer == null ? null : address(peer);
        return address == null ? null : forwarded(address, request.headers());
    }

    /** @param peer the remote address of the connection */
    Forwarded forwarded(InetAddress peer, MultiMap headers) {
        if (!contains(peer)) {
            return new Forwarded(peer, null, null);
        }
        Trail standard = trail(peer, ForwardedHop.ofForwarded(headers.getAll("Forwarded")));
        List<String> clients = headers.getAll("X-Forwarded-For");
        Trail common = trail(
                peer,
                ForwardedHop.ofXForwarded(
                        clients, headers.getAll("X-Forwarded-Proto"), headers.getAll("X-Forwarded-Host")));
        InetAddress client = !standard.namesClient() || standard.client.equals(common.client)
                ? common.client
                : clients.isEmpty() ? standard.client : peer;
        return new Forwarded(
                client,
                first(common.outermost(ForwardedHop::scheme), standard.outermost(ForwardedHop::scheme)),
                first(common.outermost(ForwardedHop::host), standard.outermost(ForwardedHop::host)));
    }

    private static @Nullable String first(@Nullable String value, @Nullable String otherwise) {
        return value == null ? otherwise : value;
    }

    /** Follows the hops from their end as long as proxies are trusted. */
    private Trail trail(InetAddress peer, List<ForwardedHop> hops) {
        InetAddress last = peer;
        int trusted = 0;
        for (int i = hops.size() - 1; i >= 0; i--) {
            trusted++;
            InetAddress address = address(withoutPort(hops.get(i).client()));
            if (address != null) {
                last = address;
            }
            if (address == null || !contains(address)) {
                break;
            }
        }
        return new Trail(last, hops, hops.subList(hops.size() - trusted, hops.size()));
    }

    /**
     * @param client the last known address
     * @param hops all hops
     * @param trusted the hops that trusted proxies reported
     */
    private record Trail(InetAddress client, List<ForwardedHop> hops, List<ForwardedHop> trusted) {
        boolean namesClient() {
            return !hops.isEmpty() && !hops.get(hops.size() - 1).client().isEmpty();
        }

        /** The value that the outermost trusted proxy reports that reports any. */
        @Nullable
        String outermost(Function<ForwardedHop, @Nullable String> value) {
            return trusted.stream()
                    .map(value)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
    }

    private boolean contains(InetAddress address) {
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

    /** The address in {@code text}, without a name lookup; null if it is not one. An IPv4-mapped IPv6 address becomes IPv4. */
    static @Nullable InetAddress address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        return bytes == null ? null : address(bytes);
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // impossible: an address has 4 or 16 bytes
        }
    }
}
