package dev.rebind.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The API server of KUBECONFIG. */
public final class Cluster {
    public static final String CRD = "rebindexperiments.rebind.dev";
    public static final String HOSTNAME = "kubernetes.io/hostname";

    private static final class Connected {
        private static final KubernetesClient CLIENT =
                new KubernetesClientBuilder().withConfig(config()).build();
    }

    private Cluster() {}

    /** One for the whole process; it is made at its first use, so that names can be listed without a cluster. */
    public static KubernetesClient client() {
        return Connected.CLIENT;
    }

    /** A failed call is a finding, and is not repeated behind the test's back. */
    private static Config config() {
        return new ConfigBuilder(Config.autoConfigure(null))
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(30_000)
                .withConnectionTimeout(30_000)
                .build();
    }

    /** A resource in YAML, as its manager "e2e". What somebody else has set in between is set back. */
    public static void apply(String namespace, String yaml) {
        apply(namespace, client().resource(yaml).item());
    }

    public static void apply(String namespace, HasMetadata resource) {
        client().resource(resource)
                .inNamespace(namespace)
                .fieldManager("e2e")
                .forceConflicts()
                .serverSideApply();
    }

    /** The answer to a GET; empty for 404. */
    public static Optional<String> raw(String path) {
        return Optional.ofNullable(client().raw(path));
    }

    public static JsonNode json(String path) {
        return json(path, raw(path).orElseThrow(() -> new BrokenException("GET " + path + ": 404")));
    }

    /**
     * @param what to be named in the exception
     */
    public static JsonNode json(String what, String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new BrokenException(what + " is no JSON: " + e.getOriginalMessage() + ": " + text, e);
        }
    }

    /** As somebody does who does not leave that to Helm; returns when the API server takes experiments. */
    public static void applyCrd() {
        Tool.kubectl(
                "apply",
                "--server-side",
                "-f",
                Repository.CHART.resolve("files/crds").toString());
        Tool.kubectl("wait", "--for=condition=Established", "crd/" + CRD, "--timeout=300s");
    }

    public static boolean crdIsThere() {
        return client().apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(CRD)
                        .get()
                != null;
    }

    public static boolean isThere(String namespace) {
        return client().namespaces().withName(namespace).get() != null;
    }

    public static List<Node> nodes() {
        return client().nodes().list().getItems().stream()
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList();
    }

    /** Those that take pods of any kind. */
    public static List<Node> schedulableNodes() {
        return nodes().stream()
                .filter(node -> !Boolean.TRUE.equals(node.getSpec().getUnschedulable()))
                .filter(node -> node.getSpec().getTaints().isEmpty())
                .toList();
    }

    public static String hostname(Node node) {
        return Objects.requireNonNull(node.getMetadata().getLabels().get(HOSTNAME), HOSTNAME);
    }

    /** One node, the same each time, for what must stay on one. */
    public static String lastHostname() {
        return nodes().stream()
                .map(Cluster::hostname)
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    public static void patch(String namespace, String name, Class<? extends HasMetadata> type, String merged) {
        client().resources(type)
                .inNamespace(namespace)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), merged);
    }

    public static Map<String, String> configMap(String namespace, String name) {
        var found = client().configMaps().inNamespace(namespace).withName(name).get();
        if (found == null) {
            throw new BrokenException("there is no ConfigMap " + name + " in " + namespace);
        }
        return found.getData() == null ? Map.of() : found.getData();
    }

    /** A bearer token of an account: for the audience, or for the API server where it is empty. */
    public static String token(String namespace, String account, String audience) {
        var request = new TokenRequestBuilder().withNewSpec();
        var spec = audience.isEmpty() ? request : request.withAudiences(audience);
        return client().serviceAccounts()
                .inNamespace(namespace)
                .withName(account)
                .tokenRequest(spec.endSpec().build())
                .getStatus()
                .getToken();
    }

    /** The message of a refusal; empty where the call was carried out. */
    public static Optional<String> refusal(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
