package dev.parley.store.crypto;

/** A box that cannot be opened; the message says why and holds nothing of what is in it. */
public final class DecryptionFailed extends Exception {
    private static final long serialVersionUID = 1;

    DecryptionFailed(String why) {
        super(why, null, false, false);
    }

    /** Why, to go on a sentence. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
