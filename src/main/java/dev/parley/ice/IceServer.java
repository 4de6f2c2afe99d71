package dev.parley.ice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of an RTCConfiguration's {@code iceServers} (W3C WebRTC 1.0, section 4.2.2): servers that share a credential.
 *
 * @param credential for TURN servers; a STUN server asks for none
 */
public record IceServer(List<IceUri> urls, @Nullable TurnCredential credential) {
    public IceServer {
        urls = List.copyOf(urls);
    }
}
