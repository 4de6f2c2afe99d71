/** Tests of the channel in the running application. */
@NullMarked
package dev.parley.http.channel;

import org.jspecify.annotations.NullMarked;
