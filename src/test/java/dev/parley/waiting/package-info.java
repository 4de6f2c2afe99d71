/**
 * The feed by itself, over real event loops and without a server: that no wake-up is lost, that whoever leaves leaves nothing,
 * and that every bound holds.
 */
@NullMarked
package dev.parley.waiting;

import org.jspecify.annotations.NullMarked;
