/** Tests of what {@code parley doctor} finds beside the store. */
@NullMarked
package dev.parley.ops.doctor;

import org.jspecify.annotations.NullMarked;
