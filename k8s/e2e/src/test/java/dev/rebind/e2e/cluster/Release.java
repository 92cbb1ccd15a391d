package dev.rebind.e2e.cluster;

import static dev.rebind.e2e.cluster.Cluster.client;
import static dev.rebind.e2e.cluster.Tool.helm;
import static dev.rebind.e2e.cluster.Tool.kubectl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A release of the chart in a namespace of its own, and what runs in it. */
public final class Release {
    /** In what a client prints when it is connected. */
    public static final String CONNECTED = "\"event\":\"connected\"";

    public static final String NAME = "rebind";
    public static final String AGENTS = "rebind.dev/agent";
    public static final String CONTROLLER_ACCOUNT = NAME + "-controller";

    private static final String ALLOWED = "rebind.dev/experiments";
    private static final String OWNER = "rebind.dev/e2e";
    private static final List<String> COMPONENTS = List.of("controller", "server", "clients");

    private final Settings settings;
    private final String lane;
    private final String namespace;
    private final List<String> others;
    private final Map<String, Object> values;
    private int probes;

    /**
     * @param others further namespaces, by the ends of their names, without the label that allows experiments
     * @param values of the chart, by dotted name
     */
    public Release(String lane, List<String> others, Map<String, Object> values) {
        this(Settings.current(), lane, Settings.current().prefix() + "-" + lane, others, values);
    }

    private Release(Settings settings, String lane, String namespace, List<String> others, Map<String, Object> values) {
        this.settings = settings;
        this.lane = lane;
        this.namespace = namespace;
        this.others = others.stream().map(end -> namespace + "-" + end).toList();
        this.values = new LinkedHashMap<>(values);
    }

    /** One that is there already and stays. */
    public static Release installedIn(String namespace) {
        return new Release(Settings.current(), "installed", namespace, List.of(), Map.of());
    }

    public Settings settings() {
        return settings;
    }

    public String lane() {
        return lane;
    }

    public String namespace() {
        return namespace;
    }

    /** The only further namespace. */
    public String other() {
        return others.getFirst();
    }

    public List<String> namespaces() {
        return Stream.concat(Stream.of(namespace), others.stream()).toList();
    }

    public int port() {
        return (int) values.getOrDefault("server.port", 8080);
    }

    public int agentPort() {
        return (int) values.getOrDefault("agent.port", 7070);
    }

    // The release

    /** Arguments of helm install and helm upgrade. */
    public List<String> flags(Map<String, Object> more) {
        var flags = new ArrayList<>(List.of(NAME, Repository.CHART.toString(), "-n", namespace));
        flags.addAll(settings.imageFlags());
        Map<String, Object> all = new LinkedHashMap<>();
        // All values by --set-json, of which the last counts: --set would count more, wherever it stands.
        all.put("crds.install", false);
        if (!others.isEmpty()) {
            all.put("controller.watchNamespaces", namespaces());
        }
        all.putAll(pinned());
        all.putAll(values);
        all.putAll(more);
        all.forEach((name, value) -> flags.addAll(List.of("--set-json", name + "=" + json(value))));
        return flags;
    }

    /** A port of a node is the same port only on the same node; lanes are spread over them. */
    private Map<String, Object> pinned() {
        if (values.getOrDefault("server.network", "pod").equals("pod")) {
            return Map.of();
        }
        List<Node> nodes = Cluster.schedulableNodes();
        if (nodes.isEmpty()) {
            return Map.of();
        }
        Node node = nodes.get(lane.chars().sum() % nodes.size());
        return Map.of("server.nodeSelector", Map.of(Cluster.HOSTNAME, Cluster.hostname(node)));
    }

    /** The same with the chart and the image of an earlier version. */
    public List<String> formerFlags() {
        var flags = new ArrayList<>(flags(Map.of()));
        flags.set(1, settings.formerChart());
        // Of several flags for one value the last counts.
        flags.addAll(Settings.imageFlags(settings.formerImage()));
        return flags;
    }

    public void makeNamespaces() {
        for (String name : namespaces()) {
            Namespace old = client().namespaces().withName(name).get();
            if (old != null) {
                if (!"true".equals(old.getMetadata().getLabels().get(OWNER))) {
                    throw new BrokenException(
                            "namespace " + name + " is there and not of an earlier run; write another PREFIX");
                }
                remove(name);
            }
            var labels = new HashMap<>(Map.of(OWNER, "true"));
            if (name.equals(namespace)) {
                labels.put(ALLOWED, "allowed");
            }
            client().resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withLabels(labels)
                            .endMetadata()
                            .build())
                    .create();
        }
    }

    public void install() {
        makeNamespaces();
        helm("install", flags(Map.of()));
        ready();
    }

    /** Waits until all parts are there and the server listens. */
    public void ready() {
        for (String component : COMPONENTS) {
            rolledOut("deployment/" + NAME + "-" + component);
        }
        // The clients' agent and the server's are asked by their addresses: endpoints are behind a Ready by a moment.
        Await.until("the server is bound", 240, () -> readyz().equals("bound"));
    }

    public void rolledOut(String workload) {
        kubectl("-n", namespace, "rollout", "status", workload, "--timeout=" + settings.patience() + "s");
    }

    public void clear() {
        namespaces().forEach(Release::remove);
    }

    /** Experiments first: the controller restores their targets. */
    private static void remove(String namespace) {
        removeExperiments(namespace);
        Tool.run(
                List.of("helm", "uninstall", NAME, "-n", namespace, "--ignore-not-found", "--wait", "--timeout=300s"),
                "",
                Duration.ofSeconds(310),
                Map.of());
        Tool.tryKubectl("delete", "namespace", namespace, "--ignore-not-found", "--timeout=300s");
    }

    private static void removeExperiments(String namespace) {
        var deleted = Tool.tryKubectl("-n", namespace, "delete", "rbx", "--all", "--timeout=60s");
        if (deleted.failed() && !deleted.err().contains("doesn't have a resource type")) {
            // Of a controller of an earlier version, which set a finalizer and has gone.
            for (RebindExperiment one : client().resources(RebindExperiment.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems()) {
                Cluster.patch(
                        namespace,
                        one.getMetadata().getName(),
                        RebindExperiment.class,
                        "{\"metadata\":{\"finalizers\":null}}");
            }
        }
    }

    public void allowExperiments(String in, boolean allowed) {
        kubectl("label", "namespace", in, allowed ? ALLOWED + "=allowed" : ALLOWED + "-", "--overwrite");
    }

    // What is there

    public List<Pod> pods(String component) {
        return pods(Map.of("app.kubernetes.io/instance", NAME, "app.kubernetes.io/component", component));
    }

    /** Those that are not being deleted. */
    public List<Pod> pods(Map<String, String> labels) {
        return client().pods().inNamespace(namespace).withLabels(labels).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    public Pod pod(String component) {
        List<Pod> pods = pods(component);
        if (pods.size() != 1) {
            throw new BrokenException(pods.size() + " pods of " + component + " in " + namespace + ", and not one");
        }
        return pods.getFirst();
    }

    /** Without a grace period. */
    public void deleteAtOnce(Pod pod) {
        client().resource(pod).withGracePeriod(0).delete();
    }

    /** The name of the controller that has the Lease; empty where nobody has. */
    public String leader() {
        var lease = client().leases()
                .inNamespace(namespace)
                .withName(CONTROLLER_ACCOUNT)
                .get();
        String holder = lease == null ? null : lease.getSpec().getHolderIdentity();
        return holder == null ? "" : holder;
    }

    /** Whether the Lease is held by a controller that is ready. */
    public boolean isLed() {
        String leader = leader();
        return pods("controller").stream()
                .filter(Pods::isReady)
                .anyMatch(pod -> pod.getMetadata().getName().equals(leader));
    }

    /** What the server's agent says of its own server: bound, held, …; empty when it does not answer. */
    public String readyz() {
        String path = proxied(pod("server"), agentPort()) + "/readyz";
        try {
            return Cluster.raw(path).orElse("").strip();
        } catch (KubernetesClientException e) {
            return "";
        }
    }

    public String proxied(Pod pod, int port) {
        return "/api/v1/namespaces/" + namespace + "/pods/" + pod.getMetadata().getName() + ":" + port + "/proxy";
    }

    /** The controller's token for agents. */
    public String agentsToken() {
        return Cluster.token(namespace, CONTROLLER_ACCOUNT, AGENTS);
    }

    /** What the agent in the server's pod says of itself. Not for the host's network, where it is not on loopback. */
    public JsonNode aboutAgent() {
        try (Http http = Http.to(pod("server"), agentPort())) {
            Http.Answer answer = http.call("GET", "/v1/agent", "", Map.of("Authorization", "Bearer " + agentsToken()));
            if (answer.status() != 200) {
                throw new BrokenException("GET /v1/agent: " + answer.status() + " " + answer.body());
            }
            return Cluster.json("GET /v1/agent", answer.body());
        }
    }

    /** The controller's HTTP API. */
    public Http controller() {
        Pod pod = pod("controller");
        int port = pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(one -> "http".equals(one.getName()))
                .findFirst()
                .orElseThrow()
                .getContainerPort();
        return Http.to(pod, port);
    }

    /**
     * What a client in a pod of its own prints at the server's Service, once it is connected or after 180 s.
     *
     * @return the log; where it is empty, the pod's phase
     */
    public String probe() {
        String name = "probe-" + ++probes;
        connect(name, NAME + "-server");
        var pod = client().pods().inNamespace(namespace).withName(name);
        try {
            Await.reached(
                    "a client is answered", 180, () -> Pods.log(namespace, name).contains(CONNECTED));
            String log = Pods.log(namespace, name);
            return log.isEmpty()
                    ? "pod " + name + " is " + pod.get().getStatus().getPhase()
                    : log;
        } finally {
            pod.withGracePeriod(0).delete();
        }
    }

    /**
     * A pod with a client of ours that sends once. Where a client sends to a server that is closing, the server's kernel answers with a reset, and nothing is left
     * on the port. A pod that requests no CPU gets two shares of it, where the others have a hundred and more each: a JVM does not start with that on a busy node.
     */
    public void connect(String name, String host) {
        Cluster.apply(namespace, """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s}
            spec:
              restartPolicy: Never
              containers:
                - name: client
                  image: %s
                  imagePullPolicy: IfNotPresent
                  args: [client, --behaviour, read, --host, %s, --port, "%d"]
                  resources: {requests: {cpu: 200m, memory: 64Mi}}
            """.formatted(name, settings.image(), host, port()));
    }

    private static String json(Object value) {
        try {
            return Json.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
