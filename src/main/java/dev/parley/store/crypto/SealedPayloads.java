package dev.parley.store.crypto;

import dev.parley.session.Candidate;
import dev.parley.store.sql.EventPosition;
import dev.parley.store.sql.RowDamaged;
import org.jspecify.annotations.Nullable;

/** What peers say, kept sealed and bound to its place: what stands in another place does not open. */
final class SealedPayloads implements Payloads {
    private final Envelope box;
    private final KeyFingerprints fingerprints;

    /** The session that was met last: its events come in a row. */
    private @Nullable EventPosition latest;

    private byte[] subject = new byte[0];

    SealedPayloads(Envelope box, KeyFingerprints fingerprints) {
        this.box = box;
        this.fingerprints = fingerprints;
    }

    @Override
    public byte[] kept(EventPosition place, byte[] said) {
        return box.seal(subject(place), place.label(), said);
    }

    @Override
    public byte[] said(EventPosition place, byte[] kept) throws RowDamaged {
        try {
            return box.open(subject(place), place.label(), kept);
        } catch (DecryptionFailed e) {
            throw new RowDamaged(place + ": " + e.why());
        }
    }

    @Override
    public byte[] digest(Candidate candidate) {
        return fingerprints.of(candidate.json());
    }

    /** Whether {@code kept} is sealed with the key that seals now. */
    boolean isCurrent(byte[] kept) {
        return box.isCurrent(kept);
    }

    private byte[] subject(EventPosition place) {
        if (latest == null || !latest.isInSessionOf(place)) {
            subject = place.subject();
            latest = place;
        }
        return subject;
    }
}
