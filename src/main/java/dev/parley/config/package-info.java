/** Reports an invalid configuration: the start stops with one line that names the key. */
@NullMarked
package dev.parley.config;

import org.jspecify.annotations.NullMarked;
