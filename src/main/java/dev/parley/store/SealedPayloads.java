package dev.parley.store;

import dev.parley.session.Candidate;
import dev.parley.vault.Fingerprints;
import dev.parley.vault.SealedBox;
import dev.parley.vault.Unopenable;
import org.jspecify.annotations.Nullable;

/** What peers say, kept sealed and bound to its place: what stands in another place does not open. */
final class SealedPayloads implements Payloads {
    private final SealedBox box;
    private final Fingerprints fingerprints;

    /** The session that was met last: its events come in a row. */
    private @Nullable EventPlace latest;

    private byte[] subject = new byte[0];

    SealedPayloads(SealedBox box, Fingerprints fingerprints) {
        this.box = box;
        this.fingerprints = fingerprints;
    }

    @Override
    public byte[] kept(EventPlace place, byte[] said) {
        return box.seal(subject(place), place.label(), said);
    }

    @Override
    public byte[] said(EventPlace place, byte[] kept) throws RowDamaged {
        try {
            return box.open(subject(place), place.label(), kept);
        } catch (Unopenable e) {
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

    private byte[] subject(EventPlace place) {
        if (latest == null || !latest.isInSessionOf(place)) {
            subject = place.subject();
            latest = place;
        }
        return subject;
    }
}
