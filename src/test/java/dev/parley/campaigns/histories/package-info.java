/**
 * Histories: concurrent peers call the service, and a checker decides whether the replies are possible.
 *
 * <p>A seed determines a {@link dev.parley.campaigns.histories.Workload}: the steps of the peers of one session. A
 * {@link dev.parley.campaigns.histories.WorkloadRun} performs it with a thread for each peer in an
 * {@link dev.parley.campaigns.histories.Environment}: a {@link dev.parley.campaigns.histories.ServiceUnderTest} with a clock, a sweeper
 * and lagging replicas. A {@link dev.parley.campaigns.histories.HistoryRecorder} records each
 * {@link dev.parley.campaigns.histories.Invocation} with its begin and end.
 *
 * <p>{@link dev.parley.campaigns.histories.Model} is a sequential implementation of the contract of a session.
 * {@link dev.parley.campaigns.histories.LinearizabilityChecker} searches for an order of the calls that the model explains, and
 * {@link dev.parley.campaigns.histories.HistoryChecker} checks bookmarks and notifications. A violation is printed
 * as a {@link dev.parley.campaigns.histories.FailureReport}, with the longest order that the checker has found.
 *
 * <p>Peers call the use cases ({@link dev.parley.campaigns.histories.InProcessService}) or the packaged service
 * over HTTP ({@link dev.parley.campaigns.histories.HttpService}) or over channels
 * ({@link dev.parley.campaigns.histories.ChannelService}). A {@link dev.parley.campaigns.histories.PushLog} checks that each peer is
 * pushed the events of its session in order, without gaps or repeats. A {@link dev.parley.campaigns.histories.Mutant} is a deliberate fault that a
 * history must detect.
 *
 * <p>Start with {@link dev.parley.campaigns.histories.HistoriesTest}.
 */
@NullMarked
package dev.parley.campaigns.histories;

import org.jspecify.annotations.NullMarked;
