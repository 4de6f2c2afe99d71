package dev.parley.bench;

/** An endless sequence of requests, some of which follow from replies. Used by one thread. */
public interface Traffic {
    Call next();

    /** Takes the reply to {@code call}. */
    default void heard(Call call, int status, String body) {}
}
