package dev.hawser.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hawser.cli.command.ServerCommand;
import dev.hawser.cli.option.Converters;
import dev.hawser.protocol.NetAddress;
import dev.hawser.redis.RedisFleetStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/// The manifests of the page on Kubernetes are what `hawser` understands, and agree with
/// themselves. No Kubernetes has seen them.
class KubernetesPageTest {
    private static final Path PAGE = Path.of("../../docs/kubernetes.md");
    private static final Pattern MANIFEST = Pattern.compile("(?s)```yaml\n(.*?)```");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\(([A-Z_]+)\\)");

    private static final YAMLMapper YAML =
            new YAMLMapper(
                    YAMLFactory.builder()
                            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                            .build());

    @TempDir private Path folder;

    static List<JsonNode> manifests() throws IOException {
        List<JsonNode> manifests = new ArrayList<>();
        List<String> texts =
                MANIFEST.matcher(Files.readString(PAGE))
                        .results()
                        .map(match -> match.group(1))
                        .toList();
        for (String text : texts) {
            manifests.addAll(YAML.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll());
        }
        return manifests;
    }

    private static JsonNode manifest(String kind, String name) throws IOException {
        return manifests().stream()
                .filter(manifest ->
                        manifest.path("kind").asText().equals(kind)
                                && manifest.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    /// {@return the specification of the pods that a manifest makes}
    private static JsonNode podOf(JsonNode manifest) {
        return manifest.path("kind").asText().equals("Fleet")
                ? manifest.at("/spec/template/spec/template/spec")
                : manifest.at("/spec/template/spec");
    }

    private static List<String> args(JsonNode pod) {
        return texts(pod.at("/containers/0/args"));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    static Stream<JsonNode> workloads() throws IOException {
        return manifests().stream()
                .filter(manifest ->
                        List.of("Deployment", "Fleet").contains(manifest.path("kind").asText()));
    }

    static Stream<JsonNode> gameServers() throws IOException {
        return workloads().filter(manifest -> args(podOf(manifest)).getFirst().equals("server"));
    }

    /// {@return the arguments as the command gets them, with what variables may have}
    private static ParseResult parsed(JsonNode pod) {
        Map<String, String> variables = new TreeMap<>();
        pod.at("/containers/0/env")
                .forEach(variable -> {
                    String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
                    variables.put(
                            variable.path("name").asText(),
                            switch (field) {
                                case "metadata.name" -> "arena-5d9c7b8f6d-x2x4z";
                                case "status.hostIP" -> "203.0.113.5";
                                case "status.podIP" -> "10.0.0.7";
                                default -> throw new AssertionError("what is in " + field + "?");
                            });
                });
        String[] args =
                args(pod).stream()
                        .skip(1)
                        .map(arg -> expanded(arg, variables))
                        .toArray(String[]::new);
        CommandLine server = new CommandLine(new ServerCommand());
        Converters.register(server);
        return server.parseArgs(args);
    }

    private static String expanded(String arg, Map<String, String> variables) {
        return VARIABLE.matcher(arg)
                .replaceAll((MatchResult match) -> {
                    assertThat(variables).containsKey(match.group(1));
                    return Matcher.quoteReplacement(variables.get(match.group(1)));
                });
    }

    @Test
    void thereIsAManifestForEach() throws IOException {
        assertThat(
                        manifests().stream()
                                .map(manifest ->
                                        manifest.path("kind").asText()
                                                + " "
                                                + manifest.at("/metadata/name").asText()))
                .containsExactly(
                        "Deployment arena",
                        "PodDisruptionBudget arena",
                        "Fleet arena",
                        "ConfigMap hawser-backend",
                        "Deployment hawser-backend",
                        "Service hawser-backend",
                        "PodDisruptionBudget hawser-backend");
        assertThat(manifests())
                .allSatisfy(manifest ->
                        assertThat(manifest.path("apiVersion").asText())
                                .matches("v1|apps/v1|policy/v1|agones.dev/v1"));
        assertThat(gameServers()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("gameServers")
    void theServersArgumentsAreThoseOfTheCommand(JsonNode manifest) {
        JsonNode pod = podOf(manifest);
        ParseResult options = parsed(pod);
        List<NetAddress> binds = options.matchedOptionValue("--bind", List.of());
        JsonNode port =
                pod.at("/containers/0/ports/0").isMissingNode()
                        ? manifest.at("/spec/template/spec/ports/0")
                        : pod.at("/containers/0/ports/0");
        assertThat(port.path("protocol").asText()).isEqualTo("UDP");
        assertThat(binds)
                .singleElement()
                .satisfies(bind -> {
                    assertThat(bind.isUnspecified()).isTrue();
                    assertThat(bind.port()).isEqualTo(port.path("containerPort").asInt());
                });
        boolean isAgones = options.matchedOptionValue("--agones", false);
        assertThat(isAgones).isEqualTo(manifest.path("kind").asText().equals("Fleet"));
        if (!isAgones) {
            NetAddress dialled = options.matchedOptionValue("--public-address", null);
            assertThat(dialled.port()).isEqualTo(port.path("hostPort").asInt());
            List<NetAddress> identity = options.matchedOptionValue("--identity", List.of());
            assertThat(identity)
                    .singleElement()
                    .satisfies(own -> assertThat(own.port()).isEqualTo(binds.getFirst().port()));
        }
        assertThat(options.<Boolean>matchedOptionValue("--group-may-read", false)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("gameServers")
    void aPodHasTheTimeThatItsServerTakesToDrain(JsonNode manifest) {
        JsonNode pod = podOf(manifest);
        int drainSeconds = parsed(pod).matchedOptionValue("--drain-for", 0);
        assertThat(drainSeconds).isPositive();
        assertThat(pod.path("terminationGracePeriodSeconds").asInt())
                .isGreaterThanOrEqualTo(drainSeconds + 30);
        assertThat(pod.at("/containers/0/lifecycle").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void whatIsMountedIsThereAndWhatIsNamedIsMounted(JsonNode manifest) {
        JsonNode pod = podOf(manifest);
        Map<String, JsonNode> volumes = new TreeMap<>();
        pod.path("volumes").forEach(volume -> volumes.put(volume.path("name").asText(), volume));
        List<String> mounts = new ArrayList<>();
        pod.at("/containers/0/volumeMounts")
                .forEach(mount -> {
                    assertThat(volumes).containsKey(mount.path("name").asText());
                    assertThat(mount.has("subPath")).isFalse();
                    mounts.add(mount.path("mountPath").asText());
                });
        assertThat(volumes).hasSameSizeAs(mounts);
        assertThat(args(pod).stream().filter(arg -> arg.contains("=/")))
                .isNotEmpty()
                .allSatisfy(arg ->
                        assertThat(mounts)
                                .contains(
                                        arg.substring(arg.indexOf('=') + 1, arg.lastIndexOf('/'))));
        assertThat(volumes.values().stream().filter(volume -> volume.has("secret")))
                .isNotEmpty()
                .allSatisfy(volume ->
                        // Octal in YAML 1.1, which Kubernetes reads; the parser here leaves it.
                        assertThat(volume.at("/secret/defaultMode").asText()).isIn("0440", "288"));
        assertThat(pod.at("/securityContext/fsGroup").asInt()).isPositive();
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void whatSelectsPodsSelectsThese(JsonNode manifest) throws IOException {
        JsonNode labels = manifest.at("/spec/template/metadata/labels");
        assertThat(labels.path("app").asText()).isNotEmpty();
        String name = manifest.at("/metadata/name").asText();
        if (manifest.path("kind").asText().equals("Deployment")) {
            assertThat(manifest.at("/spec/selector/matchLabels")).isEqualTo(labels);
            assertThat(manifest("PodDisruptionBudget", name).at("/spec/selector/matchLabels"))
                    .isEqualTo(labels);
        }
    }

    @Test
    void theServicesConfigurationIsReadAndAgreesWithItsPod() throws IOException {
        Path file = folder.resolve("backend.toml");
        Files.writeString(
                file,
                manifest("ConfigMap", "hawser-backend").path("data").path("backend.toml").asText());
        BackendConfig config = BackendConfig.read(file);
        JsonNode pod = podOf(manifest("Deployment", "hawser-backend"));
        CommandLine backend = new CommandLine(new BackendCommand());
        Converters.register(backend);
        backend.parseArgs(args(pod).stream().skip(1).toArray(String[]::new));
        assertThat(args(pod)).contains("--config=/etc/hawser/config/backend.toml");

        JsonNode container = pod.at("/containers/0");
        JsonNode port = container.at("/ports/0");
        assertThat(config.listen()).isEqualTo("0.0.0.0:" + port.path("containerPort").asInt());
        assertThat(manifest("Service", "hawser-backend").at("/spec/ports/0/targetPort"))
                .isEqualTo(port.path("name"));
        assertThat(container.at("/readinessProbe/httpGet/path").asText())
                .isEqualTo("/health/ready");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/health/live");
        for (String probe : List.of("readinessProbe", "livenessProbe")) {
            assertThat(container.path(probe).path("httpGet").path("port"))
                    .isEqualTo(port.path("name"));
            assertThat(container.path(probe).path("httpGet").path("scheme").asText())
                    .isEqualTo("HTTPS");
        }
        String mounts =
                texts(pod.at("/containers/0/volumeMounts")).isEmpty()
                        ? ""
                        : container.path("volumeMounts").findValuesAsText("mountPath").stream()
                                .collect(Collectors.joining(" "));
        assertThat(config.groupMayRead()).isTrue();
        assertThat(
                        Stream.of(
                                config.keys().file(),
                                config.clientIdSecretFile(),
                                config.servers().credentialFiles().getFirst(),
                                config.tls().certificate(),
                                config.tls().key(),
                                config.store().passwordFile()))
                .allSatisfy(path -> assertThat(mounts).contains(path.getParent().toString()));
        // Several share a store, or each would know other servers.
        JsonNode deployment = manifest("Deployment", "hawser-backend");
        assertThat(deployment.at("/spec/replicas").asInt()).isGreaterThan(1);
        assertThat(deployment.at("/spec/strategy/type").asText()).isEqualTo("RollingUpdate");
        assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asText())
                .isEqualTo("0");
        assertThat(config.store().url()).startsWith("redis");
        RedisFleetStore.builder(config.store().url());
    }

    @Test
    void theSecretsOfThePageAreThoseThatItsManifestsMount() throws IOException {
        String page = Files.readString(PAGE);
        List<String> secrets = new ArrayList<>();
        workloads()
                .forEach(manifest ->
                        secrets.addAll(
                                podOf(manifest).path("volumes").findValuesAsText("secretName")));
        assertThat(secrets)
                .isNotEmpty()
                .allSatisfy(secret ->
                        assertThat(page)
                                .containsPattern(
                                        "kubectl create secret (generic|tls) " + secret + " "));
    }
}
