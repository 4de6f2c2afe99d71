package dev.parley.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one side has said in the current generation.
 *
 * @param description its offer or its answer; null while there is no answer
 * @param candidates what it trickled, in commit order
 * @param end whether it said that there will be no more
 */
public record SideState(@Nullable Description description, List<Candidate> candidates, boolean end) {}
