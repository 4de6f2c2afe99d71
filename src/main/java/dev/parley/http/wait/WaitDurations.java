package dev.parley.http.wait;

import java.time.Duration;

/**
 * How long replies are held back.
 *
 * @param waitMax the longest wait that is granted
 * @param keepAlive how long an event stream may be silent
 */
public record WaitDurations(Duration waitMax, Duration keepAlive) {}
