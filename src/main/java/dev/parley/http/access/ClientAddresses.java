package dev.parley.http.access;

import io.netty.util.NetUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client address that limits count by: the remote address of the connection, or the address that {@link TrustedProxies} forwarded.
 * IPv6 addresses count by their first 64 bits, because a client usually owns all addresses with the same ones.
 */
@Singleton
public final class ClientAddresses {
    private static final String WITHOUT_ADDRESS = "local";

    private final TrustedProxies proxies;

    public ClientAddresses(TrustedProxies proxies) {
        this.proxies = proxies;
    }

    /** The address of a request; all clients of a Unix domain socket count as one. */
    public String of(HttpServerRequest request) {
        return of(request.connection().remoteAddress().hostAddress(), request.headers());
    }

    String of(@Nullable String peer, MultiMap headers) {
        if (peer == null) {
            return WITHOUT_ADDRESS;
        }
        InetAddress address = proxies.isEmpty() && peer.indexOf(':') < 0 ? null : TrustedProxies.address(peer);
        return address == null
                ? peer
                : counted(proxies.forwarded(address, headers).client());
    }

    private static String counted(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return address.getHostAddress();
        }
        Arrays.fill(bytes, Long.BYTES, bytes.length, (byte) 0);
        return NetUtil.toAddressString(TrustedProxies.address(bytes)) + "/64";
    }
}
