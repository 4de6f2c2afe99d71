/** The wait registry over real event loops, without a server. */
@NullMarked
package dev.parley.waiting;

import org.jspecify.annotations.NullMarked;
