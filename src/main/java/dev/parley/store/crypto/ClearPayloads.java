package dev.parley.store.crypto;

import dev.parley.session.Candidate;
import dev.parley.store.sql.EventPosition;
import dev.parley.store.sql.RowDamaged;

/** What peers say, kept as it was said. */
final class ClearPayloads implements Payloads {
    private final boolean locked;

    /** @param locked whether the store is sealed, so that nothing may be kept in clear */
    ClearPayloads(boolean locked) {
        this.locked = locked;
    }

    @Override
    public byte[] kept(EventPosition place, byte[] said) {
        if (locked) {
            throw PayloadEncryption.refused("the store is sealed, and no key is set");
        }
        return said;
    }

    @Override
    public byte[] said(EventPosition place, byte[] kept) throws RowDamaged {
        if (Envelope.isSealed(kept)) {
            if (locked) {
                throw PayloadEncryption.refused("the store is sealed, and no key is set");
            }
            throw new RowDamaged(place + " is sealed, and there is no key here");
        }
        return kept;
    }

    @Override
    public byte[] digest(Candidate candidate) {
        return candidate.digest();
    }
}
