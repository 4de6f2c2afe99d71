package dev.parley.vault;

/** A box that cannot be opened; the message says why and holds nothing of what is in it. */
public final class Unopenable extends Exception {
    private static final long serialVersionUID = 1;

    Unopenable(String why) {
        super(why, null, false, false);
    }

    /** Why, to go on a sentence. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
