package dev.parley.store.admin;

/** Hears how far a task has come that may take its time. */
@FunctionalInterface
public interface Progress {
    /**
     * The task is at {@code step}.
     *
     * @param part how much of the step is done, 0 to 1; negative where nobody knows
     */
    void at(String step, double part);
}
