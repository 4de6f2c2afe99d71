package dev.parley.bench;

/** What peers say in the load: descriptions and candidates of the size that browsers make. */
public final class SampleDescriptions {
    /** A description of 1.9 KB as a JSON string. */
    public static final String SDP = "\"" + "a=candidate-free line of a description, 41\\r\\n".repeat(45) + "\"";

    public static final String ORIGIN = "https://load.example";

    private SampleDescriptions() {}

    /** The candidate with that number as an RTCIceCandidateInit. */
    public static String candidate(String side, int number) {
        return "{\"candidate\":\"candidate:" + side + number
                + " 1 udp 2122252543 192.168.1.7 54321 typ host generation 0 ufrag"
                + " abcd network-cost 999\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}";
    }

    /** Two candidates as a JSON list, numbered from {@code first}. */
    public static String candidates(String side, int first) {
        return "[" + candidate(side, first) + "," + candidate(side, first + 1) + "]";
    }

    /** The same as a JSON string. */
    public static String quoted(String json) {
        return "\"" + json.replace("\"", "\\\"") + "\"";
    }
}
