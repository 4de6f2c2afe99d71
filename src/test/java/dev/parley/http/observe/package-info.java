/** Tests of metrics and of the access log. */
@NullMarked
package dev.parley.http.observe;

import org.jspecify.annotations.NullMarked;
