package dev.parley.campaigns.histories;

import java.util.List;

/**
 * All that peers asked of one session and were told.
 *
 * @param calls by the order in which they began
 * @param left who waited and was left without the news that was there
 */
record History(List<Invocation> calls, List<String> left) {}
