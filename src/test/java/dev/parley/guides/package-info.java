/**
 * Tests that keep the README and the guides in {@code src/site/markdown} true.
 *
 * <p>{@link dev.parley.guides.GuidesTest} checks what can be checked by reading: links, names of settings, commands and tests.
 * {@link dev.parley.guides.GuidesIT} runs the fenced blocks that are marked {@code sh run}. Parts that are generated from the sources
 * stand between two comments; {@code ./mvnw test -Dtest='*GuideTest' -Dparley.guides.update=true} writes them anew.
 */
@NullMarked
package dev.parley.guides;

import org.jspecify.annotations.NullMarked;
