/** What a browser is served beside the APIs, over HTTP; that the page works is tested in {@code dev.parley.browser}. */
@NullMarked
package dev.parley.http.console;

import org.jspecify.annotations.NullMarked;
