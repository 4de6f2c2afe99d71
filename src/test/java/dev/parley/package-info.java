/**
 * Tests of the whole project, and what the tests of all packages share.
 *
 * <p>The tests of a package are in the package of the same name. Start with {@link dev.parley.ArchitectureTest}, which checks the map of
 * the packages.
 */
@NullMarked
package dev.parley;

import org.jspecify.annotations.NullMarked;
