package dev.parley.store.sql;

import dev.parley.session.Listing;
import dev.parley.session.Namespace;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.TopicPage;
import dev.parley.session.TopicPage.TopicCount;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.hibernate.JDBCException;
import org.jspecify.annotations.Nullable;

/**
 * Discovery: what a caller may find without a code. Only unexpired sessions with a topic and without an answer in any generation are
 * listed; a session without a topic is found by its code only. Each method is one query.
 *
 * <p>Each engine has a subclass that only names its index, because a Panache repository belongs to the entity of one persistence unit.
 */
// Hibernate creates the results of queries by reflection.
@RegisterForReflection(targets = {SessionColumns.class, SessionRepository.Counted.class, TopicCount.class})
public abstract class SessionRepository<E extends SessionRow> implements PanacheRepositoryBase<E, Long> {
    private static final String OPEN =
            "namespace = :namespace and answered = false and answeredBefore = false and topic is not null"
                    + " and expiresAt > :now";

    /** The part of a topic that PostgreSQL's index contains; the rest is compared with the row. */
    private static final String BEGINNING = "substring(%s, 1, 256)";

    private final boolean wholeTopics;

    /** @param wholeTopics whether the engine's index {@code sessions_by_topic} contains the whole of a topic */
    protected SessionRepository(boolean wholeTopics) {
        this.wholeTopics = wholeTopics;
    }

    /**
     * Open sessions, newest first (index {@code sessions_by_topic}, or {@code sessions_open} without a topic).
     *
     * @param topic only these, or null for every topic
     * @param tag only sessions that carry it, or null
     * @param after the end of the previous page, or null for the first page
     */
    public Page<Listing> open(
            Namespace namespace,
            @Nullable String topic,
            @Nullable String tag,
            Instant now,
            @Nullable Cursor after,
            int limit) {
        if (tag != null && !Tags.isTag(tag)) {
            return new Page<>(List.of(), null);
        }
        var where = new StringBuilder(OPEN);
        var parameters = new HashMap<String, Object>();
        parameters.put("namespace", namespace.name());
        parameters.put("now", now.toEpochMilli());
        if (topic != null) {
            where.append(where("=", ":topic"));
            parameters.put("topic", topic);
        }
        if (tag != null) {
            where.append(" and locate(:tag, tags) > 0");
            parameters.put("tag", Tags.needle(tag));
        }
        if (after != null) {
            where.append(" and id < :after");
            parameters.put("after", after.id());
        }
        List<SessionColumns> found = find(where.toString(), Sort.descending("id"), parameters)
                .range(0, limit)
                .project(SessionColumns.class)
                .list();
        return page(found, limit, SessionRepository::listing, last -> Cursor.at(last.id()));
    }

    /**
     * Topics with open sessions in alphabetical (code point) order, each with their number, by the index
     * {@code sessions_by_topic}.
     *
     * @param prefix only topics that begin with it; empty for all
     */
    public Page<TopicCount> topics(Namespace namespace, String prefix, Instant now, @Nullable Cursor after, int limit) {
        String end = endOf(prefix);
        // One lower bound: with two, the engine would seek to one of them and scan up to the other.
        TypedQuery<TopicCount> query = query(
                        "select topic, count(*)",
                        where(after == null ? ">=" : ">", ":from")
                                + (end == null ? "" : where("<", ":end"))
                                + byTopic(),
                        TopicCount.class,
                        namespace,
                        now)
                .setParameter("from", after == null ? prefix : after.text(prefix))
                .setMaxResults(limit + 1);
        if (end != null) {
            query.setParameter("end", end);
        }
        return page(query.getResultList(), limit, topic -> topic, last -> new Cursor(last.topic()));
    }

    /** @param found one more than {@code limit} if there are further ones */
    private static <R, T> Page<T> page(List<R> found, int limit, Function<R, T> item, Function<R, Cursor> end) {
        List<T> items = found.stream().limit(limit).map(item).toList();
        return new Page<>(items, found.size() > limit ? end.apply(found.get(limit - 1)) : null);
    }

    /** A numbered page of {@link #topics}, for clients that count pages. */
    public TopicPage topicPage(Namespace namespace, Instant now, int offset, int limit) {
        while (true) {
            List<Counted> found = query(
                            "select topic, count(*), count(*) over ()", byTopic(), Counted.class, namespace, now)
                    .setFirstResult(offset)
                    .setMaxResults(limit)
                    .getResultList();
            if (!found.isEmpty()) {
                return new TopicPage(
                        found.stream()
                                .map(row -> new TopicCount(row.topic, row.sessions))
                                .toList(),
                        found.get(0).total);
            }
            long total = query("select count(distinct topic)", "", Long.class, namespace, now)
                    .getSingleResult();
            if (total <= offset || limit == 0) {
                return new TopicPage(List.of(), total);
            }
            // topics were added between the two queries
        }
    }

    private <R> TypedQuery<R> query(String select, String more, Class<R> result, Namespace namespace, Instant now) {
        return getEntityManager()
                .createQuery(select + " from Session where " + OPEN + more, result)
                .setParameter("namespace", namespace.name())
                .setParameter("now", now.toEpochMilli());
    }

    /** The condition that compares topics with a parameter; {@code relation} is one of {@code = < > >=}. */
    private String where(String relation, String parameter) {
        String whole = " and topic " + relation + " " + parameter;
        // A lower beginning makes a topic lower; a lower topic may have the same beginning.
        String loose = relation.equals("=") ? "=" : relation.charAt(0) + "=";
        return wholeTopics
                ? whole
                : whole + " and " + BEGINNING.formatted("topic") + " " + loose + " " + BEGINNING.formatted(parameter);
    }

    /** Groups by topic, in code point order. */
    private String byTopic() {
        String order = wholeTopics ? "topic" : BEGINNING.formatted("topic") + ", topic";
        return " group by " + order + " order by " + order;
    }

    /** The first text, in code point order, after all that begin with {@code prefix}; null where there is none. */
    public static @Nullable String endOf(String prefix) {
        int[] points = prefix.codePoints().toArray();
        for (int last = points.length - 1; last >= 0; last--) {
            if (points[last] < Character.MAX_CODE_POINT) {
                boolean beforeSurrogates = points[last] + 1 == Character.MIN_SURROGATE;
                points[last] = beforeSurrogates ? Character.MAX_SURROGATE + 1 : points[last] + 1;
                return new String(points, 0, last + 1);
            }
        }
        return null;
    }

    /** A topic with its sessions, and the number of topics. */
    public record Counted(String topic, long sessions, long total) {}

    /** @throws JDBCException if the row is not as it was written */
    private static Listing listing(SessionColumns found) {
        try {
            found.requireIntact();
        } catch (RowDamaged e) {
            throw new JDBCException("A session is damaged", e);
        }
        return found.listing();
    }
}
