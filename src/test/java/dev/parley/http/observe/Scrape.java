package dev.parley.http.observe;

import io.quarkus.arc.Arc;
import io.quarkus.vertx.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What Prometheus reads of the service at one moment. */
record Scrape(Map<String, Double> samples) {
    static Scrape now() {
        return of(URI.create("http://127.0.0.1:"
                + Arc.container().instance(HttpServer.class).get().getManagementPort() + "/q/metrics"));
    }

    private static Scrape of(URI metrics) {
        try {
            String text = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
            var samples = new HashMap<String, Double>();
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int space = line.lastIndexOf(' ');
                samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
            return new Scrape(samples);
        } catch (IOException e) {
            throw new AssertionError("The service has no metrics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The names that a query may speak of. */
    Set<String> names() {
        return samples.keySet().stream()
                .map(sample -> sample.replaceFirst("\\{.*", ""))
                .collect(Collectors.toSet());
    }

    /** The sum of the samples of {@code name} that have all of {@code labels}, each as {@code key="value"}. */
    double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(name + "{")
                        || sample.getKey().equals(name))
                .filter(sample -> Arrays.stream(labels).allMatch(sample.getKey()::contains))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
