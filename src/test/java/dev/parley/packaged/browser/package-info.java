/**
 * Pages in a real Chromium connect through the packaged jar.
 *
 * <p>{@link dev.parley.packaged.browser.ClientIT} does so with parley.js, {@link dev.parley.packaged.browser.ConsoleIT} through the page that Parley
 * itself serves. {@link dev.parley.packaged.browser.PeerPagesIT} connects pages that call an API themselves. Their pages, from an origin that is not the service's, are in {@code src/test/resources/browser}: an
 * example of both protocols, with {@code native.js} and {@code rondevu.js} as the parts that differ. What the pages looked like when
 * a test failed is then in {@code target/browser}.
 */
@NullMarked
package dev.parley.packaged.browser;

import org.jspecify.annotations.NullMarked;
