/** What operators see of a running service: each figure that is promised is there, and no secret is. */
@NullMarked
package dev.parley.http.observe;

import org.jspecify.annotations.NullMarked;
