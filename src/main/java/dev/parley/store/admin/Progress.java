package dev.parley.store.admin;

/** Receives the progress of an operation that may take long. */
@FunctionalInterface
public interface Progress {
    /** @param part completed part of {@code step}, 0 to 1; negative if unknown */
    void at(String step, double part);
}
