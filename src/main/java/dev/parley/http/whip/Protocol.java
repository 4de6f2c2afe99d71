package dev.parley.http.whip;

/** Which of the two protocols a client uses; they differ in the direction of the media only. */
enum Protocol {
    /** RFC 9725: the client sends media. */
    WHIP("whip"),
    /** draft-ietf-wish-whep: the client receives media. */
    WHEP("whep");

    private final String word;

    Protocol(String word) {
        this.word = word;
    }

    /** The tag of its sessions, and the first segment of its paths. */
    String word() {
        return word;
    }
}
