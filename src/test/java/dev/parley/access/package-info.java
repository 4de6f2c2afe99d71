/** Tests of who may use the service, and how much. */
@NullMarked
package dev.parley.access;

import org.jspecify.annotations.NullMarked;
