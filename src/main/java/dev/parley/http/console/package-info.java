/**
 * What the service serves to a browser beside its APIs: the console page at {@code /}, the client {@code parley.js} with its types,
 * and QR codes of links. The files themselves are in {@code META-INF/resources}, and the framework serves them; start with
 * {@link dev.parley.http.console.Console}, which says by whom and how.
 */
@NullMarked
package dev.parley.http.console;

import org.jspecify.annotations.NullMarked;
