/**
 * Histories: peers of all kinds talk at once, and afterwards it is decided whether what they were told can have happened.
 *
 * <p>A {@link dev.parley.histories.Script} says who is to do what in one session; a seed writes it. A
 * {@link dev.parley.histories.Play} performs it, each peer on a thread of its own, in a {@link dev.parley.histories.World}: a
 * {@link dev.parley.histories.Service} with a clock that ticks, a sweeper that comes, and replicas that lag. A
 * {@link dev.parley.histories.Recording} has each {@link dev.parley.histories.Call} with its begin and its end.
 *
 * <p>{@link dev.parley.histories.Moment} is the model, the contract of a session once more, one thing after another.
 * {@link dev.parley.histories.Linearization} looks for an order of the calls that the model explains, and
 * {@link dev.parley.histories.Judge} adds what an order cannot tell. What cannot have happened is cut down to a
 * {@link dev.parley.histories.Prefix} and told as a {@link dev.parley.histories.Story}.
 *
 * <p>Peers call the use cases {@link dev.parley.histories.InProcess}, in {@link dev.parley.histories.Worlds}, or the packaged service
 * {@link dev.parley.histories.OverHttp}, in {@link dev.parley.histories.WorldsOverHttp}.
 *
 * <p>A {@link dev.parley.histories.Mutant} is a deliberate fault, to see that histories catch it.
 *
 * <p>Start with {@link dev.parley.histories.HistoriesTest}; then read Script, Play, Moment and Linearization in this order.
 */
@NullMarked
package dev.parley.histories;

import org.jspecify.annotations.NullMarked;
