/**
 * Whether all is well with an installation: what {@code parley doctor} looks at beside the store, which examines itself.
 *
 * <p>Start with {@link dev.parley.ops.doctor.Checkup}.
 */
@NullMarked
package dev.parley.ops.doctor;

import org.jspecify.annotations.NullMarked;
