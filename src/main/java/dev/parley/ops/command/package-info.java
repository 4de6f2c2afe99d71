/**
 * The command line: what a person or a script can ask of Parley beside serving.
 *
 * <p>{@link dev.parley.ops.command.ParleyCommand} names them all. A command opens what it needs when it is called, and nothing
 * before; what it says on standard output is its result, all else goes to standard error.
 */
@NullMarked
package dev.parley.ops.command;

import org.jspecify.annotations.NullMarked;
