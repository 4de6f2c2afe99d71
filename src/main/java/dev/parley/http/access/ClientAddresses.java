package dev.parley.http.access;

import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * From which network address a request comes, as every limit counts it.
 *
 * <p>That is the address of the connection, or, where that is a trusted proxy's, the address that {@link TrustedProxies} forwarded.
 * Of IPv6 the first 64 bits count, for a client has all addresses that begin with them.
 */
@Singleton
public final class ClientAddresses {
    private static final String WITHOUT_ADDRESS = "local";

    private final TrustedProxies proxies;

    public ClientAddresses(TrustedProxies proxies) {
        this.proxies = proxies;
    }

    /** Whose share of what is bounded the request uses. Clients at a Unix domain socket have no address and count as one. */
    public String of(HttpServerRequest request) {
        return of(request.connection().remoteAddress().hostAddress(), request.headers());
    }

    String of(@Nullable String peer, MultiMap headers) {
        if (peer == null) {
            return WITHOUT_ADDRESS;
        }
        InetAddress address = proxies.isEmpty() && peer.indexOf(':') < 0 ? null : TrustedProxies.address(peer);
        if (address == null) {
            return peer;
        }
        return counted(proxies.forwarded(address, headers).client());
    }

    private static String counted(InetAddress address) {
        byte[] whole = address.getAddress();
        if (whole.length == 4) {
            return address.getHostAddress();
        }
        byte[] network = new byte[whole.length];
        System.arraycopy(whole, 0, network, 0, Long.BYTES);
        return NetUtil.toAddressString(TrustedProxies.address(network)) + "/64";
    }
}
