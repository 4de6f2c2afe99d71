/** What the settings of all packages share: how an invalid one stops the start, and conversions. */
@NullMarked
package dev.parley.config;

import org.jspecify.annotations.NullMarked;
