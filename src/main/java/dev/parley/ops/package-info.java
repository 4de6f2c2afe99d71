/**
 * Running the service: the entry point, the choice of the engine, the order of the start, health and the start log.
 *
 * <p>{@link dev.parley.ops.Main} starts the process, {@link dev.parley.ops.Startup} the server in it. The settings of a package are
 * declared in its {@code …Config} interface; {@link dev.parley.ops.StartLog} lists these interfaces.
 */
@NullMarked
package dev.parley.ops;

import org.jspecify.annotations.NullMarked;
