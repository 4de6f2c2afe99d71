/**
 * What the service serves to a browser beside its APIs: the console page at {@code /}, the client {@code parley.js} with its types,
 * and QR codes of links. The files are in {@code META-INF/resources}, and {@link dev.parley.http.console.StaticFiles} has them as they
 * are sent; start with {@link dev.parley.http.console.Console}, which has the routes to them.
 */
@NullMarked
package dev.parley.http.console;

import org.jspecify.annotations.NullMarked;
