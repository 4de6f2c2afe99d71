package dev.parley;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/** Records the messages that are logged in a category, until it is closed. */
public final class LogCapture extends Handler implements AutoCloseable {
    private static final PatternFormatter MESSAGE = new PatternFormatter("%s");

    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final Logger category;

    private LogCapture(Logger category) {
        this.category = category;
    }

    /** @param category by its name; the empty one is everything */
    public static LogCapture at(String category) {
        var capture = new LogCapture(Logger.getLogger(category));
        capture.category.addHandler(capture);
        return capture;
    }

    /** The messages since it was opened, oldest first. */
    public List<String> messages() {
        return List.copyOf(messages);
    }

    @Override
    public void publish(LogRecord entry) {
        messages.add(MESSAGE.format(ExtLogRecord.wrap(entry)));
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        category.removeHandler(this);
    }
}
