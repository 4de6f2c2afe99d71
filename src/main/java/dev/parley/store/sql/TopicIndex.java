package dev.parley.store.sql;

/** The part of a topic that is in an engine's index {@code sessions_by_topic}, and the conditions that use that index. */
public enum TopicIndex {
    /** All of it (SQLite). */
    WHOLE {
        @Override
        String where(String relation, String parameter) {
            return compared("topic", relation, parameter);
        }

        @Override
        String order() {
            return "topic";
        }
    },

    /** Its first 256 characters (PostgreSQL); the rest is compared with the row. */
    BEGINNING {
        @Override
        String where(String relation, String parameter) {
            // A lower beginning makes a topic lower; a lower topic may have the same beginning.
            String beginning = relation.equals("=") ? "=" : relation.charAt(0) + "=";
            return compared("topic", relation, parameter)
                    + compared(beginningOf("topic"), beginning, beginningOf(parameter));
        }

        @Override
        String order() {
            return beginningOf("topic") + ", topic";
        }
    };

    /** The HQL condition that compares topics with a parameter; {@code relation} is one of {@code = < > >=}. */
    abstract String where(String relation, String parameter);

    /** The HQL expressions for code point order. */
    abstract String order();

    private static String compared(String one, String relation, String other) {
        return " and " + one + " " + relation + " " + other;
    }

    private static String beginningOf(String text) {
        return "substring(" + text + ", 1, 256)";
    }
}
