package dev.parley.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An array of objects, one a line. */
final class JsonSheet implements Sheet {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final PrintWriter out;
    private List<String> names = List.of();
    private String before = "[";

    JsonSheet(PrintWriter out) {
        this.out = out;
    }

    /** An object has each name once; a second {@code id} is {@code id_2}. */
    @Override
    public void columns(List<String> columns) {
        var unique = new ArrayList<String>();
        for (String column : columns) {
            String name = column;
            for (int number = 2; unique.contains(name); number++) {
                name = column + "_" + number;
            }
            unique.add(name);
        }
        names = unique;
    }

    @Override
    public boolean row(List<@Nullable Object> values) {
        ObjectNode row = JSON.objectNode();
        for (int column = 0; column < names.size(); column++) {
            row.set(names.get(column), node(values.get(column)));
        }
        out.println(before + row);
        before = ",";
        return !out.checkError();
    }

    @Override
    public void end() {
        out.println(before.equals("[") ? "[]" : "]");
        out.flush();
    }

    private static JsonNode node(@Nullable Object value) {
        if (value == null) {
            return JSON.nullNode();
        }
        if (value instanceof Boolean truth) {
            return JSON.booleanNode(truth);
        }
        return value instanceof Number number
                ? JSON.numberNode(new BigDecimal(number.toString()))
                : JSON.textNode(String.valueOf(Sheet.shown(value)));
    }
}
