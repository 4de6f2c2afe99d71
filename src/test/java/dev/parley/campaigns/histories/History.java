package dev.parley.campaigns.histories;

import java.util.List;

/**
 * The calls of one session.
 *
 * @param calls in the order of their begins
 * @param left waiters that were not notified of existing events, and watchers that have another list
 */
record History(List<Invocation> calls, List<String> left) {}
