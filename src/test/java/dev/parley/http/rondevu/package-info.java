/** The compatible API as rondevu clients of version 0.1 know it: exact statuses, exact bodies. */
@NullMarked
package dev.parley.http.rondevu;

import org.jspecify.annotations.NullMarked;
