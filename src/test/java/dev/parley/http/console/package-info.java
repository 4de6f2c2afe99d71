/** Tests of the console page and the browser client as files; {@code dev.parley.packaged.browser} tests that they work. */
@NullMarked
package dev.parley.http.console;

import org.jspecify.annotations.NullMarked;
