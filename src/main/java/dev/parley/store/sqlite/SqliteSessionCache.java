package dev.parley.store.sqlite;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.sql.CachedSession;
import dev.parley.store.sql.RowVersion;
import dev.parley.store.sql.SessionCache;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live sessions that were opened last, whole, in memory: most calls look whether a session of this minute has gone on, and each
 * would cost a reader's connection the pages that the last commit made stale.
 *
 * <p>It cannot be older than the file, because the writer is the only one that changes a session, and goes in three steps:
 *
 * <ol>
 *   <li>Before COMMIT it {@linkplain #hide hides} each session that the transaction changed: readers look into the file now, and
 *       see the state before or after as SQLite shows it.
 *   <li>COMMIT.
 *   <li>It {@linkplain #show shows} the new states, and only then tells the callers. Whoever knows of the commit reads it.
 * </ol>
 *
 * <p>If COMMIT fails, everything is {@linkplain #forgetAll forgotten}. So it is when the writer sees that another process has
 * written (a sweep, a person with a tool). What is not here is in the file.
 *
 * <p>Readers call {@link #recall} from any thread; all else is the writer's thread.
 */
final class SqliteSessionCache implements SessionCache {
    /** Grows with each commit that the connection did not make itself; what two connections say cannot be compared. */
    private static final Sql DATA_VERSION = new Sql("data-version", "PRAGMA data_version");

    private static final long NONE_SEEN = -1;

    private final long bytesMax;

    /** What readers see. */
    private final Map<SessionKey, CachedSession> shown = new ConcurrentHashMap<>();

    /** The same and what is hidden, oldest session first, for the writer. */
    private final Map<SessionKey, CachedSession> known = new LinkedHashMap<>();

    /** What the transaction makes of the sessions that it changed; null for what is no longer to be known. */
    private final Map<SessionKey, @Nullable CachedSession> changed = new HashMap<>();

    private long bytes;
    private long dataVersion = NONE_SEEN;

    /** The sessions of up to here may have been deleted, though a clock that was set back would call them live. */
    private volatile Instant sweptUntil = Instant.MIN;

    /** @param bytesMax how much memory may be taken, about; with 0 nothing is remembered */
    SqliteSessionCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public @Nullable CachedSession recall(SessionKey key, Instant now) {
        CachedSession transcript = shown.get(key);
        return transcript != null
                        && transcript.expiresAt().isAfter(now)
                        && transcript.expiresAt().isAfter(sweptUntil)
                ? transcript
                : null;
    }

    @Override
    public void opened(CachedSession transcript) {
        changed.put(transcript.key(), transcript);
    }

    @Override
    public void continued(SessionKey key, RowVersion place, List<Event> said) {
        CachedSession before = changed.containsKey(key) ? changed.get(key) : known.get(key);
        if (before != null && before.seq() + said.size() == place.seq()) {
            changed.put(key, before.continued(place.generation(), place.expiresAt(), said));
        } else {
            changed.put(key, null);
        }
    }

    @Override
    public void closed(SessionKey key) {
        changed.put(key, null);
    }

    @Override
    public void swept(Instant until) {
        if (until.isAfter(sweptUntil)) {
            sweptUntil = until;
        }
    }

    /** The writer's transaction begins, or begins again. */
    void begin(Statements writer) throws SQLException {
        changed.clear();
        Long version = writer.call(DATA_VERSION).first(row -> row.getLong(1));
        if (version == null || version != dataVersion) {
            forgetAll();
            dataVersion = version == null ? NONE_SEEN : version;
        }
    }

    /** The transaction is about to be committed. */
    void hide() {
        changed.keySet().forEach(shown::remove);
    }

    /** The transaction is committed. */
    void show() {
        changed.forEach((key, transcript) -> {
            if (transcript == null || transcript.bytes() > bytesMax) {
                forget(key);
            } else {
                remember(key, transcript);
            }
        });
        changed.clear();
        var oldest = known.values().iterator();
        while (bytes > bytesMax) {
            CachedSession transcript = oldest.next();
            oldest.remove();
            shown.remove(transcript.key());
            bytes -= transcript.bytes();
        }
    }

    /** Only the file can tell now. */
    void forgetAll() {
        shown.clear();
        known.clear();
        bytes = 0;
        dataVersion = NONE_SEEN;
    }

    private void remember(SessionKey key, CachedSession transcript) {
        CachedSession before = known.put(key, transcript);
        bytes += transcript.bytes() - (before == null ? 0 : before.bytes());
        shown.put(key, transcript);
    }

    private void forget(SessionKey key) {
        shown.remove(key);
        CachedSession before = known.remove(key);
        bytes -= before == null ? 0 : before.bytes();
    }
}
