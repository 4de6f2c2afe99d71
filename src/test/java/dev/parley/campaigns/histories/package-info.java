/**
 * Histories: peers of all kinds talk at once, and afterwards it is decided whether what they were told can have happened.
 *
 * <p>A {@link dev.parley.campaigns.histories.Workload} says who is to do what in one session; a seed writes it. A
 * {@link dev.parley.campaigns.histories.WorkloadRun} performs it, each peer on a thread of its own, in a {@link dev.parley.campaigns.histories.Environment}: a
 * {@link dev.parley.campaigns.histories.ServiceUnderTest} with a clock that ticks, a sweeper that comes, and replicas that lag. A
 * {@link dev.parley.campaigns.histories.HistoryRecorder} has each {@link dev.parley.campaigns.histories.Invocation} with its begin and its end.
 *
 * <p>{@link dev.parley.campaigns.histories.Model} is the model, the contract of a session once more, one thing after another.
 * {@link dev.parley.campaigns.histories.LinearizabilityChecker} looks for an order of the calls that the model explains, and
 * {@link dev.parley.campaigns.histories.HistoryChecker} adds what an order cannot tell. What cannot have happened is cut down to a
 * {@link dev.parley.campaigns.histories.FailingPrefix} and told as a {@link dev.parley.campaigns.histories.FailureReport}.
 *
 * <p>Peers call the use cases {@link dev.parley.campaigns.histories.InProcessService}, in {@link dev.parley.campaigns.histories.InProcessEnvironments}, or the packaged service
 * {@link dev.parley.campaigns.histories.HttpService}, in {@link dev.parley.campaigns.histories.HttpEnvironments}.
 *
 * <p>A {@link dev.parley.campaigns.histories.Mutant} is a deliberate fault, to see that histories catch it.
 *
 * <p>Start with {@link dev.parley.campaigns.histories.HistoriesTest}; then read Script, Play, Moment and Linearization in this order.
 */
@NullMarked
package dev.parley.campaigns.histories;

import org.jspecify.annotations.NullMarked;
