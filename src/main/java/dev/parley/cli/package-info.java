/**
 * Whether all is well with an installation: what {@code parley doctor} looks at beside the store, which examines itself.
 *
 * <p>Start with {@link dev.parley.cli.Checkup}.
 */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
