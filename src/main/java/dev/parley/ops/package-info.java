/**
 * Running the service: its commands, its configuration and how the rooms are put together.
 *
 * <p>{@link dev.parley.ops.Main} is where the jar starts. {@link dev.parley.ops.ParleyConfig} is every setting there is.
 */
@NullMarked
package dev.parley.ops;

import org.jspecify.annotations.NullMarked;
