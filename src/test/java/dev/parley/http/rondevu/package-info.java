/** Tests of the exact statuses and bodies of the compatible API. */
@NullMarked
package dev.parley.http.rondevu;

import org.jspecify.annotations.NullMarked;
