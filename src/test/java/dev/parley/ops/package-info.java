/** What is decided before anything is opened: where the service may listen. */
@NullMarked
package dev.parley.ops;

import org.jspecify.annotations.NullMarked;
