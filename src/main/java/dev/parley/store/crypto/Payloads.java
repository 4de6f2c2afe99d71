package dev.parley.store.crypto;

import dev.parley.session.Candidate;
import dev.parley.store.sql.EventPosition;
import dev.parley.store.sql.RowDamaged;

/** What peers say, on its way into {@code events.payload} and back. One thread at a time may use it. */
public interface Payloads {
    /** What is kept of {@code said}. */
    byte[] kept(EventPosition place, byte[] said);

    /** @throws RowDamaged if {@code kept} is not what was written at {@code place} */
    byte[] said(EventPosition place, byte[] kept) throws RowDamaged;

    /** By what a repeated candidate is known. */
    byte[] digest(Candidate candidate);
}
