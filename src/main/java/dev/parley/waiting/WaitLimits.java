package dev.parley.waiting;

import java.time.Duration;

/**
 * Maximum number of waiting requests, and how long they rely on notifications.
 *
 * @param perSession for one session
 * @param perClient of one client address
 * @param total in this process
 * @param recheck interval at which each waiting request checks its session without a notification
 */
public record WaitLimits(int perSession, int perClient, int total, Duration recheck) {}
