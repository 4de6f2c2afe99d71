package dev.parley.campaigns.histories;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one side has said in a generation. */
record Saying(@Nullable String description, List<String> candidates, boolean end) {
    Saying withoutEnd() {
        return new Saying(description, candidates, false);
    }

    @Override
    public String toString() {
        return (description == null ? "nothing" : "\"" + description + "\"") + " with " + candidates
                + (end ? " and no more" : "");
    }
}
