@NullMarked
package dev.parley.store.crypto;

import org.jspecify.annotations.NullMarked;
