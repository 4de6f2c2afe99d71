package dev.parley.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description and candidates of one side in the current generation.
 *
 * @param description its offer or its answer; null while there is no answer
 * @param candidates in commit order
 * @param end whether there will be no more candidates
 */
public record SideState(@Nullable Description description, List<Candidate> candidates, boolean end) {}
