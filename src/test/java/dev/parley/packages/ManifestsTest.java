package dev.parley.packages;

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
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests hold what Kubernetes knows and nothing else. Method: each is read into the client's model of its kind, where an
 * unknown field is an error, and what matters of it is held against the image and the settings.
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
            "batch/v1 CronJob", CronJob.class,
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
    void everyFieldIsOneThatItsKindHas(Path file) {
        assertThat(object(file).getMetadata().getName()).startsWith("parley");
    }

    @Test
    void aFieldThatKubernetesDoesNotHaveWouldBeSeen() {
        Path file = FOLDER.resolve("postgresql/deployment.yaml");
        ObjectNode deployment = tree(file).deepCopy();
        ((ObjectNode) deployment.at("/spec/template/spec")).put("restartPolitely", true);

        assertThatThrownBy(() -> object(deployment, file)).hasStackTraceContaining("restartPolitely");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgresql"})
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
    void nothingRunsAsRootOrWritesWhereItNeedNot(Path file) {
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
        if (object instanceof CronJob job) {
            return Stream.of(
                    job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec());
        }
        return Stream.empty();
    }

    @Test
    void anSqliteStoreHasOneServer() {
        var set = (StatefulSet) object(FOLDER.resolve("sqlite/statefulset.yaml"));

        assertThat(set.getSpec().getReplicas()).isEqualTo(1);
        assertThat(set.getSpec().getVolumeClaimTemplates()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void anImageRunsAsSomebodyAndKnowsWhetherItIsWell(String name) throws IOException {
        String file = Files.readString(Path.of("src/main/docker").resolve(name));

        assertThat(file)
                .containsPattern("(?m)^USER 10001:10001$")
                .containsPattern("(?m)^VOLUME /data$")
                .containsPattern("(?m)^HEALTHCHECK .*healthy")
                .contains("org.opencontainers.image.licenses=\"Apache-2.0\"");
        assertThat(file.indexOf("USER 10001")).isLessThan(file.indexOf("ENTRYPOINT"));
    }
}
