/** Tests of what {@code parley doctor} finds beside the store. */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
