package dev.parley;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/** Hears what is logged in a category, each record as its message, until it is closed. */
public final class LogCapture extends Handler implements AutoCloseable {
    private static final PatternFormatter MESSAGE = new PatternFormatter("%s");

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Logger category;

    private LogCapture(Logger category) {
        this.category = category;
    }

    /** @param category by its name; the empty one is everything */
    public static LogCapture at(String category) {
        var ear = new LogCapture(Logger.getLogger(category));
        ear.category.addHandler(ear);
        return ear;
    }

    /** What was heard since it listens, oldest first. */
    public List<String> heard() {
        return List.copyOf(heard);
    }

    @Override
    public void publish(LogRecord entry) {
        heard.add(MESSAGE.format(ExtLogRecord.wrap(entry)));
    }

    @Override
    public void flush() {
        // nothing is held back
    }

    @Override
    public void close() {
        category.removeHandler(this);
    }
}
