package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.EventRows;
import dev.parley.store.sql.SessionStore;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All statements of {@link SessionStore} and {@link EventRows}, including ones that are added after a test was written. */
public final class StoreStatements {
    /** Statements about the store as a whole. */
    private static final Set<String> OF_THE_STORE = Set.of("count", "readable", "others");

    private StoreStatements() {}

    /** All statements that read or write sessions. */
    public static List<Sql> ofSessions() {
        List<Sql> all = all();
        assertThat(all).extracting(Sql::name).contains("open", "events", "waiting", "trickle", "sweep");
        return all.stream()
                .filter(statement -> !OF_THE_STORE.contains(statement.name()))
                .toList();
    }

    public static Sql named(String name) {
        return all().stream()
                .filter(statement -> statement.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A private statement of a class. */
    public static Sql of(String owner, String constant) {
        try {
            Field field = Class.forName(owner).getDeclaredField(constant);
            field.setAccessible(true);
            return (Sql) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Replaces the text of a statement, so that a test can be seen to fail; effective for new connections. */
    public static void replace(Sql statement, String text) {
        try {
            Field field = Sql.class.getDeclaredField("text");
            field.setAccessible(true);
            field.set(statement, text);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Sql> all() {
        var statements = new ArrayList<Sql>();
        try {
            for (Class<?> holder : List.of(SessionStore.class, SessionStore.class.getSuperclass(), EventRows.class)) {
                for (Field field : holder.getDeclaredFields()) {
                    if (Modifier.isStatic(field.getModifiers())) {
                        field.setAccessible(true);
                        gather(field.get(null), statements);
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return statements;
    }

    private static void gather(@Nullable Object value, List<Sql> statements) throws ReflectiveOperationException {
        if (value instanceof Sql statement) {
            statements.add(statement);
        } else if (value instanceof List<?> sizes) {
            for (Object size : sizes) {
                gather(size, statements);
            }
        } else if (value instanceof Record family) {
            for (RecordComponent component : family.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                gather(component.getAccessor().invoke(family), statements);
            }
        }
    }
}
