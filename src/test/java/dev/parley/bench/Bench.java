package dev.parley.bench;

/** Measures the packaged jar, one part after the other, and prints all of it as Markdown. */
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Throughput.main(arguments);
        Markdown.line("");
        WakeUps.main(arguments);
        Markdown.line("");
        IdleWaiters.main(arguments);
        Markdown.line("");
        StartUp.main(arguments);
    }
}
