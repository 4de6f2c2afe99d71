package dev.parley.campaigns.histories;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The description and candidates of one side in a generation. */
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
