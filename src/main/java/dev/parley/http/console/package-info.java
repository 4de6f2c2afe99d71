/**
 * What the service provides for browsers besides its APIs: the console page at {@code /}, the client {@code parley.js} with its types,
 * and QR codes of links. The files are in {@code META-INF/resources}. Start with {@link dev.parley.http.console.Console}.
 */
@NullMarked
package dev.parley.http.console;

import org.jspecify.annotations.NullMarked;
