/**
 * The packaged jar, run as its users run it: {@code java -jar}, environment variables, HTTP, signals, exit codes.
 *
 * <p>Start with {@link dev.parley.packaged.ParleyJar}: it starts a server ({@link dev.parley.packaged.RunningParley}) or runs a command
 * to its end ({@link dev.parley.packaged.ProcessExit}). {@link dev.parley.packaged.ParleyClient} calls a server. Other packages of tests
 * use these four.
 */
@NullMarked
package dev.parley.packaged;

import org.jspecify.annotations.NullMarked;
