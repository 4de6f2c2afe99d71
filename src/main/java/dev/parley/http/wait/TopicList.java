package dev.parley.http.wait;

import dev.parley.http.EntityTags;
import dev.parley.session.Code;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Identified;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.store.Served;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One reading of the unanswered sessions of a topic, newest first, up to a maximum. Immutable, and shared by all that watch the topic.
 */
public final class TopicList {
    private final Served<?> read;
    private final Map<Code, Identified> sessions;
    private final boolean more;

    /** The same object for two readings that found the same list. */
    private final Object version;

    /** Of the list that {@link #latest} begins at; null for an empty one. */
    private final @Nullable Object formerVersion;

    private final Changes latest;

    private final Map<Integer, TaggedPage> pages;
    private volatile @Nullable Changes all;

    /** A page of the list with its entity tag. */
    record TaggedPage(Page<Listing> page, String tag) {
        static TaggedPage of(Page<Listing> page) {
            return new TaggedPage(page, EntityTags.of(page));
        }
    }

    /**
     * @param former the reading before; null for the first
     * @param read the newest sessions, one more than {@code size} if there are more
     */
    static TopicList of(@Nullable TopicList former, Served<List<Identified>> read, int size) {
        Map<Code, Identified> before = former == null ? Map.of() : former.sessions;
        var sessions = new LinkedHashMap<Code, Identified>();
        for (Identified one :
                read.result().subList(0, Math.min(size, read.result().size()))) {
            Code code = one.listing().code();
            Identified known = before.get(code);
            sessions.put(code, known != null && known.equals(one) ? known : one); // slow watchers keep former lists
        }
        boolean more = read.result().size() > size;
        if (former != null
                && more == former.more
                && List.copyOf(sessions.values()).equals(List.copyOf(former.sessions.values()))) {
            return new TopicList(
                    read, former.sessions, more, former.version, former.formerVersion, former.latest, former.pages);
        }
        return new TopicList(
                read,
                sessions,
                more,
                new Object(),
                former == null ? null : former.version,
                Changes.between(before, sessions, more, read.bookmark()),
                new ConcurrentHashMap<>(2));
    }

    private TopicList(
            Served<?> read,
            Map<Code, Identified> sessions,
            boolean more,
            Object version,
            @Nullable Object formerVersion,
            Changes latest,
            Map<Integer, TaggedPage> pages) {
        this.read = read.with(version); // the sessions are kept once
        this.sessions = sessions;
        this.more = more;
        this.version = version;
        this.formerVersion = formerVersion;
        this.latest = latest;
        this.pages = pages;
    }

    /** The position of this reading. */
    Served<?> read() {
        return read;
    }

    boolean isSame(@Nullable TopicList other) {
        return other != null && version == other.version;
    }

    /** When the first of the sessions expires. */
    Instant firstExpiry() {
        return sessions.values().stream()
                .map(one -> one.listing().expiresAt())
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    /** What has changed since {@code former}, an earlier reading of the same topic; null for everything that is listed. */
    Changes since(@Nullable TopicList former) {
        if (former == null) {
            Changes known = all;
            if (known == null) {
                known = Changes.between(Map.of(), sessions, more, read.bookmark());
                all = known;
            }
            return known;
        }
        return former.version == formerVersion
                ? latest
                : Changes.between(former.sessions, sessions, more, read.bookmark());
    }

    /**
     * The first page of the sessions, as discovery returns it. With a {@code tag}, only sessions among those of this list that carry it.
     *
     * @param limit at most the size of this list
     */
    Served<TaggedPage> page(@Nullable String tag, int limit) {
        return read.with(
                tag == null
                        ? pages.computeIfAbsent(limit, max -> TaggedPage.of(firstPage(null, max)))
                        : TaggedPage.of(firstPage(tag, limit)));
    }

    private Page<Listing> firstPage(@Nullable String tag, int limit) {
        List<Identified> found = sessions.values().stream()
                .filter(one -> tag == null || one.listing().tags().contains(tag))
                .toList();
        boolean next = found.size() > limit || (more && tag == null && found.size() == limit);
        return new Page<>(
                found.stream().limit(limit).map(Identified::listing).toList(),
                next ? Cursor.at(found.get(limit - 1).id()) : null);
    }

    /** Whether the topic has more sessions than the list contains. */
    boolean hasMore() {
        return more;
    }

    /**
     * The difference between two readings, shared by all that receive it. {@code gone} applies first: another session may have the
     * code of one that is gone. A session that was extended is {@code opened} again.
     */
    public static final class Changes {
        private final List<Listing> opened;
        private final List<Listing> gone;
        private final String bookmark;
        private final Map<Encoding, Buffer> encoded = new ConcurrentHashMap<>(2);

        /** A form in which changes are sent; one instance for all watchers. */
        @FunctionalInterface
        public interface Encoding extends Function<Changes, Buffer> {}

        private Changes(List<Listing> opened, List<Listing> gone, String bookmark) {
            this.opened = opened;
            this.gone = gone;
            this.bookmark = bookmark;
        }

        /** @param more whether there are older sessions than {@code now} contains; a session that may be one of them is not gone */
        private static Changes between(
                Map<Code, Identified> before, Map<Code, Identified> now, boolean more, String bookmark) {
            var opened = new ArrayList<Listing>();
            long oldest = Long.MIN_VALUE;
            for (Identified one : now.values()) {
                if (!one.equals(before.get(one.listing().code()))) {
                    opened.add(one.listing());
                }
                oldest = one.id();
            }
            Collections.reverse(opened);
            var gone = new ArrayList<Listing>();
            for (Identified one : before.values()) {
                Identified same = now.get(one.listing().code());
                boolean pushedOut = more && one.id() < oldest;
                if (same == null ? !pushedOut : same.incarnation() != one.incarnation()) {
                    gone.add(one.listing());
                }
            }
            return new Changes(opened, gone, bookmark);
        }

        /** The sessions to add, in the order in which they were opened. */
        public List<Listing> opened() {
            return opened;
        }

        /** The sessions to remove, which were answered, were closed or have expired. */
        public List<Listing> gone() {
            return gone;
        }

        /** At least as new as the changes, in the form that clients send. */
        public String bookmark() {
            return bookmark;
        }

        public boolean isNone() {
            return opened.isEmpty() && gone.isEmpty();
        }

        /** The changes of sessions that carry {@code tag}; all if it is null. */
        public Changes tagged(@Nullable String tag) {
            return tag == null ? this : new Changes(tagged(opened, tag), tagged(gone, tag), bookmark);
        }

        private static List<Listing> tagged(List<Listing> listings, String tag) {
            return listings.stream()
                    .filter(listing -> listing.tags().contains(tag))
                    .toList();
        }

        /** These changes in that form, which is made once for all watchers. */
        public Buffer as(Encoding encoding) {
            return encoded.computeIfAbsent(encoding, one -> one.apply(this));
        }
    }
}
