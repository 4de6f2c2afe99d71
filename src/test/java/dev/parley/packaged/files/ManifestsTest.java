package dev.parley.packaged.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.parley.ops.StartLog;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.StoreUrl;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests are valid for Kubernetes. Method: each is parsed into the model of its kind in the Kubernetes client, where an unknown field
 * is an error, and is compared with the image and the settings.
 */
class ManifestsTest {
    private static final Path FOLDER = Path.of("src/main/kubernetes");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .registerModule(new SimpleModule().setDeserializerModifier(new Strict()));

    /** The model would keep what it does not know. */
    private static final class Strict extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public BeanDeserializerBuilder updateBuilder(
                DeserializationConfig config, BeanDescription type, BeanDeserializerBuilder builder) {
            builder.setAnySetter(null);
            return builder;
        }
    }

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "apps/v1 StatefulSet", StatefulSet.class,
            "apps/v1 Deployment", Deployment.class,
            "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class,
            "networking.k8s.io/v1 Ingress", Ingress.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "v1 Service", Service.class);

    static Stream<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .toList()
                    .stream();
        }
    }

    private static JsonNode tree(Path file) {
        try {
            return YAML.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static HasMetadata object(Path file) {
        return object(tree(file), file);
    }

    private static HasMetadata object(JsonNode tree, Path file) {
        String kind = tree.required("apiVersion").textValue() + " "
                + tree.required("kind").textValue();
        assertThat(KINDS).as(file.toString()).containsKey(kind);
        try {
            return YAML.treeToValue(tree, KINDS.get(kind));
        } catch (IOException e) {
            throw new AssertionError(file + " is not what its kind has", e);
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyFieldIsInTheSchemaOfItsKind(Path file) {
        assertThat(object(file).getMetadata().getName()).startsWith("parley");
    }

    @Test
    void anUnknownFieldIsDetected() {
        Path file = FOLDER.resolve("postgresql/deployment.yaml");
        ObjectNode deployment = tree(file).deepCopy();
        ((ObjectNode) deployment.at("/spec/template/spec")).put("restartPolitely", true);

        assertThatThrownBy(() -> object(deployment, file)).hasStackTraceContaining("restartPolitely");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql", "monitoring"})
    void aKustomizationNamesEveryManifestOfItsFolder(String folder) throws IOException {
        JsonNode kustomization = tree(FOLDER.resolve(folder).resolve("kustomization.yaml"));
        List<String> named = Stream.of(YAML.convertValue(kustomization.required("resources"), String[].class))
                .toList();
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            List<String> there = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml") && !name.equals("kustomization.yaml"))
                    .toList();
            assertThat(named).containsExactlyInAnyOrderElementsOf(there);
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void containersRunUnprivilegedOnAReadOnlyRoot(Path file) {
        pod(object(file)).forEach(pod -> {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            for (Container container : pod.getContainers()) {
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
                assertThat(container.getResources().getLimits()).containsKey("memory");
                assertThat(container.getImage()).isEqualTo("parley");
            }
        });
    }

    private static Stream<PodSpec> pod(HasMetadata object) {
        if (object instanceof StatefulSet set) {
            return Stream.of(set.getSpec().getTemplate().getSpec());
        }
        if (object instanceof Deployment deployment) {
            return Stream.of(deployment.getSpec().getTemplate().getSpec());
        }
        return Stream.empty();
    }

    @Test
    void anSqliteStoreHasOneServerAndItsBackupsComeFromTheSamePod() {
        var set = (StatefulSet) object(FOLDER.resolve("sqlite/statefulset.yaml"));

        assertThat(set.getSpec().getReplicas()).isEqualTo(1);
        assertThat(set.getSpec().getVolumeClaimTemplates())
                .hasSize(2)
                .allSatisfy(
                        claim -> assertThat(claim.getSpec().getAccessModes()).containsExactly("ReadWriteOncePod"));
        Container backup = set.getSpec().getTemplate().getSpec().getContainers().get(1);
        assertThat(Path.of("src/main/docker")
                        .resolve(Path.of(backup.getCommand().get(0)).getFileName()))
                .isExecutable();
        assertThat(backup.getVolumeMounts().stream().map(VolumeMount::getMountPath))
                .contains("/data", backup.getCommand().get(1));
    }

    /** A probe has no key, so it asks where none is needed. */
    @ParameterizedTest
    @ValueSource(strings = {"sqlite/statefulset.yaml", "postgresql/deployment.yaml"})
    void readinessFollowsTheStoreAndLivenessDoesNot(String file) {
        Container server = pod(object(FOLDER.resolve(file)))
                .findFirst()
                .orElseThrow()
                .getContainers()
                .get(0);

        assertThat(server.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health");
        assertThat(server.getStartupProbe().getHttpGet().getPath()).isEqualTo("/health");
        assertThat(server.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/q/health/live");
        assertThat(server.getLivenessProbe().getHttpGet().getPort().getStrVal()).isEqualTo("operators");
    }

    /** The drain period, as long again for requests that run then, and what the store takes to close. */
    @Test
    void aNodeHasTheTimeToDrain() {
        PodSpec pod = pod(object(FOLDER.resolve("postgresql/deployment.yaml")))
                .findFirst()
                .orElseThrow();
        Container server = pod.getContainers().get(0);
        int drain = Integer.parseInt(
                required(settings("postgresql"), "PARLEY_HTTP_DRAIN").replace("s", ""));

        assertThat(drain).isGreaterThan(2 * server.getReadinessProbe().getPeriodSeconds());
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(2L * drain + 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void everySettingOfAKustomizationExists(String folder) {
        assertThat(StartLog.unknownVariables(settings(folder).keySet())).isEmpty();
    }

    private static Map<String, String> settings(String folder) {
        JsonNode kustomization = tree(FOLDER.resolve(folder).resolve("kustomization.yaml"));
        return Stream.of(YAML.convertValue(kustomization.at("/configMapGenerator/0/literals"), String[].class))
                .map(literal -> literal.split("=", 2))
                .collect(Collectors.toMap(literal -> literal[0], literal -> literal[1]));
    }

    private static String required(Map<String, String> settings, String name) {
        return Objects.requireNonNull(settings.get(name), name);
    }

    /** As it is, and with the lines about replicas. */
    @ParameterizedTest
    @ValueSource(strings = {"", "#"})
    void theExampleOfAStoreIsValid(String mark) throws IOException {
        Map<String, String> settings = Files.readAllLines(FOLDER.resolve("postgresql/store.env.example")).stream()
                .filter(line -> line.startsWith(mark + "PARLEY_"))
                .map(line -> line.substring(mark.length()).split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));

        assertThat(StoreUrl.parse(StoreUrl.KEY, required(settings, "PARLEY_STORE_URL")))
                .isInstanceOf(StoreUrl.Postgres.class);
        if (!mark.isEmpty()) {
            String[] primary = required(settings, "PARLEY_STORE_PRIMARY").split("@");
            assertThat(ReplicaUrl.parse(
                            Optional.of(required(settings, "PARLEY_STORE_REPLICAS")),
                            new Node(primary[0], primary[1], true)))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void theIngressTimeoutExceedsTheLongestWait(String folder) {
        var ingress = (Ingress) object(FOLDER.resolve(folder).resolve("ingress.yaml"));
        var service = (Service) object(FOLDER.resolve(folder).resolve("service.yaml"));
        var rule = ingress.getSpec().getRules().get(0);
        var backend = rule.getHttp().getPaths().get(0).getBackend().getService();

        assertThat(backend.getName()).isEqualTo(service.getMetadata().getName());
        assertThat(service.getSpec().getPorts())
                .anySatisfy(port ->
                        assertThat(port.getName()).isEqualTo(backend.getPort().getName()));
        assertThat(ingress.getSpec().getTls().get(0).getHosts()).containsExactly(rule.getHost());
        assertThat(settings(folder)).containsEntry("PARLEY_HTTP_PUBLIC_URL", "https://" + rule.getHost());
        String patience = ingress.getMetadata().getAnnotations().get("nginx.ingress.kubernetes.io/proxy-read-timeout");
        assertThat(Integer.parseInt(patience)).isGreaterThan(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
    void theMonitorFindsTheMetricsOfEveryNode(String folder) {
        var monitor = (ServiceMonitor) object(FOLDER.resolve("monitoring/servicemonitor.yaml"));
        var nodes = (Service) object(FOLDER.resolve(folder).resolve("nodes.yaml"));
        var endpoint = monitor.getSpec().getEndpoints().get(0);

        assertThat(nodes.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(monitor.getSpec().getSelector().getMatchLabels())
                .containsAllEntriesOf(nodes.getMetadata().getLabels());
        assertThat(nodes.getSpec().getPorts().get(0).getName()).isEqualTo(endpoint.getPort());
        assertThat(endpoint.getPath()).isEqualTo("/q/metrics");
        assertThat(endpoint.getAuthorization().getType()).isEqualTo("Bearer");
    }

    @Test
    void theAutoscalerAloneDecidesHowManyNodesThereAre() {
        var deployment = (Deployment) object(FOLDER.resolve("postgresql/deployment.yaml"));
        var scaler = (HorizontalPodAutoscaler) object(FOLDER.resolve("postgresql/autoscaler.yaml"));

        assertThat(deployment.getSpec().getReplicas()).isNull();
        assertThat(scaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(deployment.getMetadata().getName());
        assertThat(scaler.getSpec().getMinReplicas()).isGreaterThan(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void anImageHasAUserAndAHealthCheck(String name) throws IOException {
        String file = Files.readString(Path.of("src/main/docker").resolve(name));

        assertThat(file)
                .containsPattern("(?m)^USER 10001:10001$")
                .containsPattern("(?m)^VOLUME /data$")
                .containsPattern("(?m)^HEALTHCHECK .*health")
                .contains("org.opencontainers.image.licenses=\"Apache-2.0\"");
        assertThat(file.indexOf("USER 10001")).isLessThan(file.indexOf("ENTRYPOINT"));
    }

    /** Podman copies it into a tmpfs that is mounted there, and the service cannot write to folders of root's. */
    @Test
    void theImageBuildFailsIfTheTrainingRunLeavesFilesInTmp() throws IOException {
        String file = Files.readString(Path.of("src/main/docker/Dockerfile.jvm"));
        String train = Files.readString(Path.of("src/main/scripts/train"));

        assertThat(file).contains("RUN /opt/parley/bin/train /opt/parley && test -z \"$(ls -A /tmp)\"");
        assertThat(train).contains("-Djava.io.tmpdir=\"$work\"", "-XX:-UsePerfData");
    }
}
