package dev.parley.store.sql;

import dev.parley.session.Code;
import dev.parley.session.Cursor;
import dev.parley.session.Listing;
import dev.parley.session.Namespace;
import dev.parley.session.Page;
import dev.parley.session.TopicCount;
import dev.parley.session.TopicPage;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.hibernate.JDBCException;
import org.jspecify.annotations.Nullable;

/**
 * Discovery: what a caller may find without a code. Only unexpired sessions with a topic and without an answer in any generation are
 * listed; a session without a topic is known only to those who have its code. Each method is one query.
 *
 * <p>Each engine has a subclass that only names its index, because a Panache repository belongs to the entity of one persistence unit.
 */
public abstract class SessionRepository<E extends SessionRow> implements PanacheRepositoryBase<E, Long> {
    private static final String OPEN =
            "namespace = :namespace and answered = false and answeredBefore = false and topic is not null"
                    + " and expiresAt > :now";

    private final TopicIndex index;

    protected SessionRepository(TopicIndex index) {
        this.index = index;
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
            where.append(index.where("=", ":topic"));
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
        List<Found> found = find(where.toString(), Sort.descending("id"), parameters)
                .range(0, limit)
                .project(Found.class)
                .list();
        List<Found> items = found.size() > limit ? found.subList(0, limit) : found;
        Cursor next = found.size() > limit ? Cursor.at(items.get(limit - 1).id()) : null;
        return new Page<>(items.stream().map(Found::listing).toList(), next);
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
        TypedQuery<TopicCount> query = topicCounts(index.where(after == null ? ">=" : ">", ":from")
                        + (end == null ? "" : index.where("<", ":end")))
                .setParameter("namespace", namespace.name())
                .setParameter("now", now.toEpochMilli())
                .setParameter("from", after == null ? prefix : after.text(prefix))
                .setMaxResults(limit + 1);
        if (end != null) {
            query.setParameter("end", end);
        }
        List<TopicCount> found = query.getResultList();
        List<TopicCount> items = found.size() > limit ? found.subList(0, limit) : found;
        return new Page<>(
                items, found.size() > limit ? new Cursor(items.get(limit - 1).topic()) : null);
    }

    /** A numbered page of {@link #topics}, for clients that count pages. */
    public TopicPage topicPage(Namespace namespace, Instant now, int offset, int limit) {
        while (true) {
            List<Counted> found = getEntityManager()
                    .createQuery(
                            "select topic, count(*), count(*) over () from Session where " + OPEN + " group by "
                                    + index.order() + " order by " + index.order(),
                            Counted.class)
                    .setParameter("namespace", namespace.name())
                    .setParameter("now", now.toEpochMilli())
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
            long total = topicsTotal(namespace, now);
            if (total <= offset || limit == 0) {
                return new TopicPage(List.of(), total);
            }
            // topics were added between the two queries
        }
    }

    private long topicsTotal(Namespace namespace, Instant now) {
        return getEntityManager()
                .createQuery("select count(distinct topic) from Session where " + OPEN, Long.class)
                .setParameter("namespace", namespace.name())
                .setParameter("now", now.toEpochMilli())
                .getSingleResult();
    }

    private TypedQuery<TopicCount> topicCounts(String more) {
        return getEntityManager()
                .createQuery(
                        "select topic, count(*) from Session where " + OPEN + more + " group by " + index.order()
                                + " order by " + index.order(),
                        TopicCount.class);
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

    /** The columns of a {@link Listing}, and the id for a cursor. */
    public record Found(
            Long id,
            String code,
            String topic,
            @Nullable String peerId,
            String tags,
            @Nullable Long incarnation,
            long createdAt,
            long expiresAt,
            @Nullable Long checksum) {
        /** @throws JDBCException if the row is not as it was written */
        Listing listing() {
            Instant created = Instant.ofEpochMilli(createdAt);
            Instant expires = Instant.ofEpochMilli(expiresAt);
            if (checksum != null) {
                try {
                    long made = Checksum.ofSession(code, topic, peerId, tags, incarnation, created, expires);
                    Checksum.requireOfSession(checksum, made, id);
                } catch (RowDamaged e) {
                    throw new JDBCException("A session is damaged", e);
                }
            }
            return new Listing(new Code(code), topic, peerId, Tags.list(tags), created, expires);
        }
    }
}
