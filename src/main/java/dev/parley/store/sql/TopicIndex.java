package dev.parley.store.sql;

/** What an engine's index {@code sessions_by_topic} has of a topic, and so how a query must speak of it to be served by it. */
public enum TopicIndex {
    /** All of it. */
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

    /** Its first 256 characters; the rest is held against the row. */
    BEGINNING {
        @Override
        String where(String relation, String parameter) {
            // Who begins lower is lower, but who is lower may begin alike.
            String beginning = relation.equals("=") ? "=" : relation.charAt(0) + "=";
            return compared("topic", relation, parameter)
                    + compared(beginningOf("topic"), beginning, beginningOf(parameter));
        }

        @Override
        String order() {
            return beginningOf("topic") + ", topic";
        }
    };

    /** The HQL that holds topics against a parameter: {@code relation} is one of {@code = < > >=}. */
    abstract String where(String relation, String parameter);

    /** The HQL for the order of code points. */
    abstract String order();

    private static String compared(String one, String relation, String other) {
        return " and " + one + " " + relation + " " + other;
    }

    private static String beginningOf(String text) {
        return "substring(" + text + ", 1, 256)";
    }
}
