/**
 * Tests of the house as a whole, and what the tests of every room share.
 *
 * <p>Each room's own tests stand beside it under the same package name. Start with {@link dev.parley.RoomsTest}: it is the plan
 * of the house.
 */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
