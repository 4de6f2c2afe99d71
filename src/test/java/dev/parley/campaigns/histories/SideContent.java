package dev.parley.campaigns.histories;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one side has said in a generation. */
record SideContent(@Nullable String description, List<String> candidates, boolean end) {
    SideContent withoutEnd() {
        return new SideContent(description, candidates, false);
    }

    @Override
    public String toString() {
        return (description == null ? "nothing" : "\"" + description + "\"") + " with " + candidates
                + (end ? " and no more" : "");
    }
}
