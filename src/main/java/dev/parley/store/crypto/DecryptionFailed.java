package dev.parley.store.crypto;

/** A payload or a wrapped secret that cannot be decrypted; the message gives the reason and no part of the content. */
public final class DecryptionFailed extends Exception {
    private static final long serialVersionUID = 1;

    DecryptionFailed(String reason) {
        super(reason, null, false, false);
    }

    /** The reason, to continue a sentence. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
