@NullMarked
package dev.parley.vault;

import org.jspecify.annotations.NullMarked;
