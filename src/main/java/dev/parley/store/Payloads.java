package dev.parley.store;

import dev.parley.session.Candidate;

/** What peers say, on its way into {@code events.payload} and back. One thread at a time may use it. */
interface Payloads {
    /** What is kept of {@code said}. */
    byte[] kept(EventPlace place, byte[] said);

    /** @throws RowDamaged if {@code kept} is not what was written at {@code place} */
    byte[] said(EventPlace place, byte[] kept) throws RowDamaged;

    /** By what a repeated candidate is known. */
    byte[] digest(Candidate candidate);
}
