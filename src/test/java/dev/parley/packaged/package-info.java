/**
 * The packaged jar, run as its users run it: {@code java -jar}, environment variables, HTTP, signals, exit codes.
 *
 * <p>{@link dev.parley.packaged.ParleyJar} is where to start: it starts a server ({@link dev.parley.packaged.RunningParley}) or
 * runs a command to its end ({@link dev.parley.packaged.ProcessExit}). {@link dev.parley.packaged.ParleyClient} speaks to a server. Other
 * rooms of tests use these four.
 */
@NullMarked
package dev.parley.packaged;

import org.jspecify.annotations.NullMarked;
