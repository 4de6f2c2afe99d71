/** Tests of keys, tokens and rates. */
@NullMarked
package dev.parley.access;

import org.jspecify.annotations.NullMarked;
