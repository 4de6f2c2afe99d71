/**
 * Tests of the README and the guides in {@code src/site/markdown}.
 *
 * <p>{@link dev.parley.guides.GuidesTest} checks links and the names of settings, commands and tests.
 * {@link dev.parley.guides.GuidesIT} runs the fenced blocks that are marked {@code sh run}. Parts between two comments are generated from
 * the sources; {@code ./mvnw test -Dtest='*GuideTest' -Dparley.guides.update=true} updates them.
 */
@NullMarked
package dev.parley.guides;

import org.jspecify.annotations.NullMarked;
