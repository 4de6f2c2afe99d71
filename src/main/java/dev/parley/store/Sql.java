package dev.parley.store;

/** One SQL statement with the name by which logs and metrics speak of it; its text is never logged with values. */
public final class Sql {
    private final String name;
    private final String text;

    public Sql(String name, String text) {
        this.name = name;
        this.text = text;
    }

    public String name() {
        return name;
    }

    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return name;
    }
}
