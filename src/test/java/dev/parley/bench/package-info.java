/**
 * How fast Parley is, as ratios within one run on one machine; nothing here is asserted.
 *
 * <p>Start with {@link dev.parley.bench.Bench}, which prints the table of the README; {@link dev.parley.bench.WakeUps} and
 * {@link dev.parley.bench.IdleWaiters} are about waiting, {@link dev.parley.bench.OnPostgres} is about PostgreSQL.
 * {@link dev.parley.bench.Load} drives a server with {@link dev.parley.bench.Traffic}, and the other classes are kinds of
 * traffic.
 */
@NullMarked
package dev.parley.bench;

import org.jspecify.annotations.NullMarked;
