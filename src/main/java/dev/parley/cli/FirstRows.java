package dev.parley.cli;

import dev.parley.store.admin.RowSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes on the first rows of an answer, and knows whether there were more. */
final class FirstRows implements RowSink {
    private final RowSink answer;
    private int left;
    private boolean cut;

    FirstRows(RowSink answer, int rowsMax) {
        this.answer = answer;
        this.left = rowsMax;
    }

    @Override
    public void columns(List<String> names) {
        answer.columns(names);
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
        if (left == 0) {
            cut = true;
            return false;
        }
        left--;
        return answer.row(values);
    }

    boolean isCut() {
        return cut;
    }
}
