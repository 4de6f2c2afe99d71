/** What is decided before anything is opened: whether the settings will do. */
@NullMarked
package dev.parley.ops;

import org.jspecify.annotations.NullMarked;
