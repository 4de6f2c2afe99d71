package dev.parley.http;

import java.time.Duration;

/**
 * What the HTTP API is told by the configuration.
 *
 * @param bodyBytesMax the largest request body
 * @param jsonDepthMax how deep JSON may be nested
 * @param pageMax the items of one page of a list
 * @param topicCharsMax the longest topic, in Unicode code points
 * @param rondevuEnabled whether the compatible API is there
 * @param operatorsFromAfar whether other machines reach the port that is for operators
 * @param arrivalMax how long a request may take from its first byte to its last
 * @param connectionsMax how many connections there may be at once
 */
public record HttpSettings(
        int bodyBytesMax,
        int jsonDepthMax,
        int pageMax,
        int topicCharsMax,
        boolean rondevuEnabled,
        boolean operatorsFromAfar,
        Duration arrivalMax,
        int connectionsMax) {}
