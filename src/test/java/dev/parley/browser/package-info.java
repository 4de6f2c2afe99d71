/**
 * Two pages in a real Chromium connect through the packaged jar, from an origin that is not the service's.
 *
 * <p>{@link dev.parley.browser.MeetingContract} says what must hold, whichever API the pages speak; one almost empty test an API
 * runs it. The pages themselves are in {@code src/test/resources/browser}: an example of both protocols, with
 * {@code native.js} and {@code rondevu.js} as the parts that differ. What they looked like when a test failed is then in
 * {@code target/browser}.
 */
@NullMarked
package dev.parley.browser;

import org.jspecify.annotations.NullMarked;
