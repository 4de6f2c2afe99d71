/** How commands print. What they do is tried on the packaged jar, in {@link dev.parley.process}. */
@NullMarked
package dev.parley.ops.command;

import org.jspecify.annotations.NullMarked;
