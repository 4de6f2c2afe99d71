package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which alerts fire for which failures. Method: a failure is provoked in the packaged service, whose metrics are read twice before it and
 * twice during it; promtool evaluates the alerts over half an hour in which the metrics change as between the first two readings, and an
 * hour as between the others.
 */
@Tag("slow")
public class AlertsIT {
    private static final Path RULES = Path.of("src/main/prometheus/parley.rules.yml");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(parley_\\w+)(?:\\{(.*)})? (\\S+)$");
    private static final int MINUTES_BEFORE = 30;
    private static final int MINUTES_IN = 60;
    private static final String OFFER = "a=candidate\r\n".repeat(1_000);

    @TempDir
    Path folder;

    private int opened;

    /** The metrics of each node at one moment; a node that has ended has none. */
    private record Scrape(List<Map<String, BigDecimal>> nodes) {
        static Scrape of(RunningParley... nodes) {
            return new Scrape(Stream.of(nodes).map(Scrape::metrics).toList());
        }

        private static Map<String, BigDecimal> metrics(RunningParley node) {
            if (!node.isAlive()) {
                return Map.of();
            }
            Map<String, BigDecimal> metrics = new HashMap<>();
            Matcher samples = SAMPLE.matcher(node.operators().get("/q/metrics").text());
            while (samples.find()) {
                String value = samples.group(3);
                if (!value.equals("NaN")) {
                    String labels = samples.group(2) == null ? "" : samples.group(2);
                    metrics.put(samples.group(1) + "{" + labels, new BigDecimal(value));
                }
            }
            return metrics;
        }

        double sum(String name) {
            return nodes.stream()
                    .flatMap(metrics -> metrics.entrySet().stream())
                    .filter(sample -> sample.getKey().startsWith(name + "{"))
                    .mapToDouble(sample -> sample.getValue().doubleValue())
                    .sum();
        }
    }

    @Test
    void failingNodesAndDatabaseNodesRaiseAlerts() throws Exception {
        try (TwoPackagedNodes nodes = TwoPackagedNodes.in(folder)) {
            RunningParley one = nodes.one();
            RunningParley two = nodes.two();
            List<Scrape> well = twice(() -> open(one), one, two);

            nodes.cluster().standby().pauseReplay();
            await().until(() -> {
                open(one);
                return Scrape.of(one, two).sum("parley_replica_serving") == 0;
            });
            assertFiring(well, twice(() -> open(one), one, two), "ParleyReplicaIsOut");
            nodes.cluster().standby().resumeReplay();
            nodes.awaitReplica(true);

            two.kill();
            assertFiring(well, twice(() -> open(one), one, two), "ParleyInstanceIsGone");

            List<Scrape> alone = twice(() -> open(one), one);
            nodes.cluster().primary().kill();
            await().until(() -> Scrape.of(one).sum("parley_primary_serving") == 0);
            assertFiring(alone, twice(() -> open(one), one), "ParleyHasNoPrimary", "ParleyRefusesWork");

            nodes.cluster().standby().promote();
            await().until(() -> Scrape.of(one).sum("parley_primary_serving") == 1
                    && open(one).isSuccess());
            nodes.cluster().primary().start();
            await().until(() -> Scrape.of(one).sum("parley_old_primaries") == 1);
            assertFiring(alone, twice(() -> open(one), one), "ParleySeesOldPrimary", "ParleyReplicaIsOut");
        }
    }

    @Test
    void aFullDiskRaisesAnAlert() throws Exception {
        try (SmallDisk disk = SmallDisk.in(folder, 6)) {
            disk.occupy(3);
            ParleyJar jar = sweepingOften(disk.folder().resolve("parley.db").toString());
            try (RunningParley parley = jar.start()) {
                List<Scrape> well = twice(() -> open(parley), parley);
                ServerReply reply = open(parley);
                while (reply.isSuccess()) {
                    reply = open(parley);
                }
                assertThat(reply.status()).as("%s", reply).isEqualTo(507);
                assertFiring(well, twice(() -> open(parley), parley), "ParleyRunsFull", "ParleyRefusesWork");
            }
        }
    }

    @Test
    void aDamagedRowAndALostFileRaiseAlerts() throws Exception {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db");
        try (RunningParley parley = jar.start()) {
            open(parley);
        }
        damage();
        try (RunningParley parley = jar.start()) {
            List<Scrape> well = twice(() -> open(parley), parley);

            List<Scrape> damaged = twice(() -> parley.client().session("session-1"), parley);
            assertFiring(well, damaged, "ParleyRowsAreDamaged", "ParleyRefusesWork");

            List<Scrape> wellAgain = twice(() -> open(parley), parley);
            Files.move(folder.resolve("parley.db"), folder.resolve("moved.db"));
            await().until(() -> Scrape.of(parley).sum("parley_primary_serving") == 0);
            assertFiring(wellAgain, twice(() -> open(parley), parley), "ParleyHasNoPrimary", "ParleyRefusesWork");
        }
    }

    private ParleyJar sweepingOften(String store) {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:" + store).with("PARLEY_EXPIRY_SCHEDULE", "1s");
    }

    private void damage() throws SQLException {
        try (OutsideConnection store = OutsideConnection.open(folder.resolve("parley.db"))) {
            store.execute("UPDATE sessions SET peer_id = 'another' WHERE code = 'session-1'");
        }
    }

    @Test
    void aServerReportsTheTimeOfTheLastBackup() {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db");
        String metric = "parley_backup_last_success_timestamp_seconds";
        try (RunningParley parley = jar.start()) {
            assertThat(Scrape.of(parley).sum(metric)).isZero();
            long before = Instant.now().getEpochSecond();

            assertThat(jar.run("backup", "backup.db").code()).isZero();

            double shown = Scrape.of(parley).sum(metric);
            assertThat(shown).isBetween(before - 1.0, Instant.now().getEpochSecond() + 1.0);
            assertThat(jar.run("backup", "nowhere/backup.db").code()).isEqualTo(1);
            assertThat(Scrape.of(parley).sum(metric)).isEqualTo(shown);
        }
    }

    private ServerReply open(RunningParley parley) {
        return parley.client()
                .send(
                        "POST",
                        "/api/v1/sessions",
                        null,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("code", "session-" + ++opened)
                                .put("offer", OFFER));
    }

    /** Metrics before and after some calls and a sweep. */
    private static List<Scrape> twice(Runnable call, RunningParley... nodes) {
        call.run(); // the first increment of a counter is not a change
        Scrape before = Scrape.of(nodes);
        for (int i = 0; i < 5; i++) {
            call.run();
        }
        String sweeps = "parley_sweep_seconds_count";
        await().until(() -> Scrape.of(nodes).sum(sweeps) > before.sum(sweeps));
        return List.of(before, Scrape.of(nodes));
    }

    /** No alert fires before the failure, and exactly {@code alerts} fire during it. */
    private void assertFiring(List<Scrape> well, List<Scrape> failing, String... alerts) throws Exception {
        var series = new ArrayList<String>();
        for (int node = 0; node < well.get(0).nodes().size(); node++) {
            addSeries(series, node, well, failing);
        }
        String expected = Stream.of(alerts)
                .map(alert -> "          - { labels: '{alertname=\"%s\"}', value: 1 }%n".formatted(alert))
                .collect(Collectors.joining());
        Path test = Files.writeString(folder.resolve("test.yml"), """
                rule_files: [%s]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                %s
                    promql_expr_test:
                      - { expr: 'ALERTS{alertstate="firing"}', eval_time: %dm, exp_samples: [] }
                      # These two depend on the speed and disk of the machine.
                      - expr: 'group by (alertname) (ALERTS{alertstate="firing", alertname!~"ParleyIsSlow|ParleyDiskRunsFull"})'
                        eval_time: %dm
                        exp_samples:
                %s""".formatted(
                        RULES.toAbsolutePath(),
                        String.join("\n", series),
                        MINUTES_BEFORE,
                        MINUTES_BEFORE + MINUTES_IN - 5,
                        expected));
        promtool("test", test);
    }

    /** Runs {@code promtool check rules} or {@code promtool test rules}; skips the test if promtool is not installed. */
    public static void promtool(String action, Path file) {
        Program.assumeInstalled("promtool");
        Program.run("promtool", action, "rules", file.toString()).succeeded();
    }

    private static void addSeries(List<String> series, int node, List<Scrape> well, List<Scrape> failing) {
        List<Map<String, BigDecimal>> moments = Stream.concat(well.stream(), failing.stream())
                .map(scrape -> scrape.nodes().get(node))
                .toList();
        String target = "job=\"parley\",instance=\"node-" + node + "\"";
        series.add("      - { series: 'up{%s}', values: '%s %s' }"
                .formatted(
                        target,
                        line(BigDecimal.ONE, BigDecimal.ONE, MINUTES_BEFORE),
                        moments.get(3).isEmpty()
                                ? line(BigDecimal.ZERO, BigDecimal.ZERO, MINUTES_IN)
                                : line(BigDecimal.ONE, BigDecimal.ONE, MINUTES_IN)));
        var names = new TreeSet<String>();
        moments.forEach(moment -> names.addAll(moment.keySet()));
        for (String name : names) {
            String labelled = name + (name.endsWith("{") ? "" : ",") + target + "}";
            series.add("      - { series: '%s', values: '%s %s' }"
                    .formatted(
                            labelled.replace("'", "''"),
                            line(moments.get(0).get(name), moments.get(1).get(name), MINUTES_BEFORE),
                            line(moments.get(2).get(name), moments.get(3).get(name), MINUTES_IN)));
        }
    }

    /** A straight line in promtool's notation; nothing where the metric was not there. */
    private static String line(@Nullable BigDecimal from, @Nullable BigDecimal to, int minutes) {
        if (from == null || to == null) {
            return "_x" + (minutes + 1);
        }
        double step = to.subtract(from).doubleValue() / minutes;
        return from.toPlainString() + (step < 0 ? "-" : "+")
                + BigDecimal.valueOf(Math.abs(step)).toPlainString() + "x" + minutes;
    }
}
