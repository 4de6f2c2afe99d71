/**
 * The packaged jar, run as its users run it: {@code java -jar}, environment variables, HTTP, signals, exit codes.
 *
 * <p>{@link dev.parley.process.ParleyJar} is where to start: it starts a server ({@link dev.parley.process.RunningParley}) or
 * runs a command to its end ({@link dev.parley.process.Exit}). {@link dev.parley.process.ParleyClient} speaks to a server. Other
 * rooms of tests use these four.
 */
@NullMarked
package dev.parley.process;

import org.jspecify.annotations.NullMarked;
