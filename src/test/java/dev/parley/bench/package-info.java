/**
 * Benchmarks: ratios within one run on one machine; nothing here is asserted but the growth in {@link dev.parley.bench.Soak}.
 *
 * <p>{@link dev.parley.bench.Bench} prints the tables of the guide to benchmarks: {@link dev.parley.bench.Throughput} is the first,
 * {@link dev.parley.bench.WakeUps} and {@link dev.parley.bench.IdleWaiters} are about waiting. By themselves run
 * {@link dev.parley.bench.OnPostgres} and {@link dev.parley.bench.Soak}.
 * {@link dev.parley.bench.Load} drives a server with {@link dev.parley.bench.RequestSequence}, and the other classes are kinds of
 * traffic.
 */
@NullMarked
package dev.parley.bench;

import org.jspecify.annotations.NullMarked;
