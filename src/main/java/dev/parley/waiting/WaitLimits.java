package dev.parley.waiting;

import java.time.Duration;

/**
 * How many may wait at once, and how long they rely on being woken.
 *
 * @param perSession for one session
 * @param perClient of one client
 * @param total in this process
 * @param recheck how often each looks without having been woken, in case a notice was lost
 */
public record WaitLimits(int perSession, int perClient, int total, Duration recheck) {}
