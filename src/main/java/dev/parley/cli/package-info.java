/**
 * The commands of the command line. {@link dev.parley.cli.ParleyCommand} contains or lists them, and
 * {@link dev.parley.cli.CommandRun} runs one in a started application without HTTP.
 */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
