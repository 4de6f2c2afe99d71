/** Tests of WHIP and WHEP. */
@NullMarked
package dev.parley.http.whip;

import org.jspecify.annotations.NullMarked;
