package dev.parley.store;

import dev.parley.session.Candidate;
import dev.parley.vault.SealedBox;

/** What peers say, kept as it was said. */
final class ClearPayloads implements Payloads {
    private final boolean locked;

    /** @param locked whether the store is sealed, so that nothing may be kept in clear */
    ClearPayloads(boolean locked) {
        this.locked = locked;
    }

    @Override
    public byte[] kept(EventPlace place, byte[] said) {
        if (locked) {
            throw Secrecy.refused("the store is sealed, and no key is set");
        }
        return said;
    }

    @Override
    public byte[] said(EventPlace place, byte[] kept) throws RowDamaged {
        if (SealedBox.isSealed(kept)) {
            if (locked) {
                throw Secrecy.refused("the store is sealed, and no key is set");
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
