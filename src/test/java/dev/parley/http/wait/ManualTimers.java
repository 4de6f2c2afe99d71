package dev.parley.http.wait;

import dev.parley.http.wait.TopicFeed.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Timers of a time that only a test moves. Tasks run on the thread that moves it, in the order of their times. */
final class ManualTimers implements Timers {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing(Task::at).thenComparing(Task::number));
    private Duration now = Duration.ZERO;
    private long number;

    private record Task(Duration at, long number, Runnable work) {}

    @Override
    public Runnable after(Duration delay, Runnable work) {
        var task = new Task(now.plus(delay), number++, work);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Runs everything that is due by then. */
    void advance(Duration step) {
        Duration end = now.plus(step);
        for (Task next = tasks.peek(); next != null && next.at.compareTo(end) <= 0; next = tasks.peek()) {
            tasks.remove(next);
            now = next.at;
            next.work.run();
        }
        now = end;
    }

    /** Runs what is due now. */
    void run() {
        advance(Duration.ZERO);
    }

    int size() {
        return tasks.size();
    }
}
