package dev.parley.ice;

import io.netty.util.NetUtil;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * URI of a STUN or TURN server (RFC 7064, section 3.1; RFC 7065, section 3.1).
 *
 * <p>Stricter than the RFCs, because a browser rejects a whole configuration if it does not understand one URI in it: the host must
 * be a DNS name or an IP address, and the transport UDP or TCP.
 */
public record IceUri(String text) {
    private static final String LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
    private static final String HOST_AND_PORT =
            "(?<host>" + LABEL + "(?:\\." + LABEL + ")*\\.?|\\[(?<ipv6>[0-9A-Fa-f:.]+)])(?::(?<port>[0-9]{1,5}))?";
    private static final Pattern STUN = Pattern.compile("(?i:stuns?):" + HOST_AND_PORT);
    private static final Pattern TURN =
            Pattern.compile("(?i:turns?):" + HOST_AND_PORT + "(?:\\?transport=(?i:udp|tcp))?");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final int HOST_MAX = 253;
    private static final int PORT_MAX = 65_535;

    /** @throws IllegalArgumentException if {@code text} is not a {@code stun:} or {@code stuns:} URI */
    public static IceUri stun(String text) {
        return parsed(STUN, text, "stun:host or stun:host:port, or the same with stuns:");
    }

    /** @throws IllegalArgumentException if {@code text} is not a {@code turn:} or {@code turns:} URI */
    public static IceUri turn(String text) {
        return parsed(
                TURN,
                text,
                "turn:host or turn:host:port, optionally with ?transport=udp or tcp, or the same with turns:");
    }

    /** The message does not contain the rejected text: an old form of these URIs included a password. */
    private static IceUri parsed(Pattern syntax, String text, String form) {
        Matcher parts = syntax.matcher(text);
        if (!parts.matches() || !isHost(parts) || !isPort(parts.group("port"))) {
            throw new IllegalArgumentException("must be " + form + ".");
        }
        return new IceUri(text);
    }

    private static boolean isHost(Matcher parts) {
        String host = parts.group("host");
        String ipv6 = parts.group("ipv6");
        if (ipv6 != null) {
            return NetUtil.isValidIpV6Address(ipv6);
        }
        // Digits and dots alone are an IPv4 address, or a malformed one.
        return host.length() <= HOST_MAX && (!NUMBERS.matcher(host).matches() || NetUtil.isValidIpV4Address(host));
    }

    private static boolean isPort(@Nullable String port) {
        return port == null || (Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= PORT_MAX);
    }
}
