/**
 * What only time shows: {@link dev.parley.campaigns.soak.Soak} keeps the packaged service at full load, and holds it to using no more of
 * anything at the end than at the beginning.
 */
@NullMarked
package dev.parley.campaigns.soak;

import org.jspecify.annotations.NullMarked;
