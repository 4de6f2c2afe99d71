package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Goal: no statement reaches across namespaces, on either engine, since both run the same texts. Method: every statement that
 * {@link SessionStore} holds is looked at, so a new one without its namespace fails here until it is in the list of those
 * that have a reason.
 */
class IsolationTest {
    private static final Pattern CONFINED = Pattern.compile("\\bnamespace = \\?");

    /** What speaks of no session of a caller's: the sweeper, the counts, the look whether the store can be read. */
    private static final Set<String> OF_NO_NAMESPACE = Set.of("sweep", "sweep-among-writers", "count", "look");

    /** What adds to the row that a guarded statement with its namespace has just hit and still holds. */
    private static final Set<String> BEHIND_A_GUARD = Set.of("add", "add-once");

    /** What brings a row into its namespace. */
    private static final Set<String> OPENING = Set.of("open");

    @Test
    void everyStatementIsConfinedToANamespaceOrHasAReason() throws ReflectiveOperationException {
        List<Sql> statements = statements();

        assertThat(statements).hasSizeGreaterThan(20);
        assertThat(statements)
                .filteredOn(sql -> !OF_NO_NAMESPACE.contains(sql.name())
                        && !BEHIND_A_GUARD.contains(sql.name())
                        && !OPENING.contains(sql.name()))
                .allSatisfy(sql -> assertThat(sql.text()).as(sql.name()).containsPattern(CONFINED));
        assertThat(statements)
                .filteredOn(sql -> OPENING.contains(sql.name()))
                .allSatisfy(
                        sql -> assertThat(sql.text()).contains("(namespace, code,", "ON CONFLICT (namespace, code)"));
        assertThat(statements)
                .filteredOn(sql -> BEHIND_A_GUARD.contains(sql.name()))
                .allSatisfy(sql -> assertThat(sql.text()).startsWith("INSERT INTO events"));
    }

    /** The statements that stand in static fields, by themselves or one for each side. */
    private static List<Sql> statements() throws ReflectiveOperationException {
        var statements = new ArrayList<Sql>();
        for (Field field : SessionStore.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(null);
            if (value instanceof Sql sql) {
                statements.add(sql);
            } else if (value instanceof Record pair) {
                for (RecordComponent component : pair.getClass().getRecordComponents()) {
                    component.getAccessor().setAccessible(true);
                    statements.add((Sql) component.getAccessor().invoke(pair));
                }
            }
        }
        return statements;
    }
}
