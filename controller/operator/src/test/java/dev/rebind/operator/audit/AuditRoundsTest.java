package dev.rebind.operator.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.rebind.agent.audit.PodAudits;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.engine.metrics.ListenerMeters;
import dev.rebind.live.Audits;
import dev.rebind.live.OpenApi;
import dev.rebind.record.Json;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The audit of a cluster")
class AuditRoundsTest {
    private static final String WEB = "9aaadd2d-c213-4d37-95cc-6f32222b6b8d";
    private static final String SHOP = "11111111-c213-4d37-95cc-6f32222b6b8d";
    private static final String CONTAINER = "4e".repeat(32);

    private final FakeCluster cluster = new FakeCluster();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private AuditRounds rounds(String... namespaces) {
        return new AuditRounds(
                new AuditRounds.Settings(Duration.ofMinutes(1), List.of(namespaces)),
                cluster,
                new ListenerMeters(registry));
    }

    /** An API server and agents that answer what they are given. */
    private static class FakeCluster implements AuditSource {
        private final Map<String, List<Pod>> pods = new HashMap<>();
        private final Map<String, URI> agents = new HashMap<>();
        private final Map<URI, String> answers = new HashMap<>();
        private final List<Set<String>> asked = new ArrayList<>();

        void pod(String namespace, String name, String uid, String node) {
            pods.computeIfAbsent(namespace, _ -> new ArrayList<>())
                    .add(new PodBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(name)
                            .withUid(uid)
                            .endMetadata()
                            .withNewSpec()
                            .withNodeName(node)
                            .endSpec()
                            .withNewStatus()
                            .withPhase("Running")
                            .addNewContainerStatus()
                            .withName("server")
                            .withContainerID("containerd://" + CONTAINER)
                            .endContainerStatus()
                            .endStatus()
                            .build());
        }

        void answers(String node, String listeners, String untold) {
            URI agent = URI.create("http://" + node);
            agents.put(node, agent);
            answers.put(agent, """
                    {"at": "2026-11-30T07:00:00Z", "listeners": [%s], "untold": [%s], "left_out": 3}""".formatted(listeners, untold));
        }

        @Override
        public List<Pod> pods(String namespace) {
            if (namespace.equals("refused")) {
                throw new KubernetesClientException("pods is forbidden");
            }
            return pods.getOrDefault(namespace, List.of());
        }

        @Override
        public Map<String, URI> agents() {
            return agents;
        }

        @Override
        public synchronized JsonNode ask(URI agent, Set<String> uids) throws AgentException {
            asked.add(uids);
            String answer = answers.get(agent);
            if (answer == null) {
                throw new AgentException("the agent at " + agent + " answered 409");
            }
            return tree(answer);
        }
    }

    private static String listener(String uid, int port, String kind) {
        String verdict = switch (kind) {
            case "binds_at_once" -> kind;
            case "cannot_tell" -> "not_known";
            default -> "would_be_blocked";
        };
        return listener(uid, port, kind, verdict);
    }

    private static String listener(String uid, int port, String kind, String verdict) {
        return """
                {"port": %d, "address": "0.0.0.0", "options": {"reuse_address": false, "reuse_port": false}, "ephemeral_port": false,
                 "restart": {"verdict": "%s", "kind": "%s", "text": "told by the agent"},
                 "pod": {"uid": "%s", "container_id": "%s", "shared_network": false}}""".formatted(port, verdict, kind, uid, CONTAINER);
    }

    private static JsonNode tree(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode told(AuditRounds rounds, @Nullable String namespace) {
        assertThat(rounds.last(namespace)).isInstanceOf(Audits.Answer.Told.class);
        return tree(((Audits.Answer.Told) rounds.last(namespace)).json());
    }

    @Test
    @DisplayName("has the pods' names, the worst first, of all nodes and for one namespace")
    void joined() throws Exception {
        cluster.pod("lab", "web-1", WEB, "one");
        cluster.pod("shop", "cart-1", SHOP, "two");
        cluster.answers("one", listener(WEB, 80, "binds_at_once") + "," + listener(WEB, 81, "cannot_tell"), "");
        cluster.answers(
                "two", listener(SHOP, 90, "blocked_by_its_connections") + "," + listener(SHOP, 91, "blocked"), "");
        try (AuditRounds rounds = rounds("lab", "shop")) {
            assertThat(rounds.last(null)).isInstanceOf(Audits.Answer.NotYet.class);
            rounds.round(cluster);
            JsonNode all = told(rounds, null);
            assertThat(new OpenApi().violations("PodAudit", all)).isEmpty();
            assertThat(all.path("listeners").findValues("port"))
                    .extracting(JsonNode::asInt)
                    .containsExactly(91, 90, 81, 80);
            assertThat(all.at("/listeners/3/pod").toString())
                    .isEqualTo("{\"namespace\":\"lab\",\"name\":\"web-1\",\"uid\":\"" + WEB + "\",\"node\":\"one\","
                            + "\"container\":\"server\",\"container_id\":\"" + CONTAINER
                            + "\",\"shared_network\":false}");
            assertThat(all.path("verdict").asText()).isEqualTo("would_be_blocked");
            assertThat(all.path("left_out").asInt()).isEqualTo(6);
            JsonNode lab = told(rounds, "lab");
            assertThat(lab.path("listeners").findValues("port"))
                    .extracting(JsonNode::asInt)
                    .containsExactly(81, 80);
            assertThat(lab.path("verdict").asText()).isEqualTo("not_known");
            assertThat(lab.path("exit_code").asInt()).isEqualTo(3);
            assertThat(rounds.last("other")).isInstanceOf(Audits.Answer.NotAudited.class);
        }
    }

    @Test
    @DisplayName(
            "has the verdict that its listeners have: one that only clients would block binds at once without them")
    void idle() throws Exception {
        cluster.pod("lab", "web-1", WEB, "one");
        cluster.answers("one", listener(WEB, 80, "blocked_by_its_connections", "binds_at_once"), "");
        try (AuditRounds rounds = rounds("lab")) {
            rounds.round(cluster);
            JsonNode all = told(rounds, null);
            assertThat(all.path("verdict").asText()).isEqualTo("binds_at_once");
            assertThat(all.path("exit_code").asInt()).isZero();
        }
    }

    @Test
    @DisplayName("says of each pod that it is untold, and why, and does not say that all is well then")
    void untold() throws Exception {
        cluster.pod("lab", "web-1", WEB, "one");
        cluster.pod("lab", "web-2", SHOP, "two");
        cluster.pod("lab", "web-3", "33333333-c213-4d37-95cc-6f32222b6b8d", "three");
        cluster.answers(
                "one",
                listener(WEB, 80, "binds_at_once"),
                "{\"pod\": {\"uid\": \"" + WEB + "\"}, \"why\": \"it shares\"}");
        cluster.agents.put("two", URI.create("http://silent"));
        try (AuditRounds rounds = rounds("lab", "refused")) {
            rounds.round(cluster);
            JsonNode all = told(rounds, null);
            assertThat(all.path("untold"))
                    .extracting(one -> one.at("/pod/name").asText() + ": "
                            + one.path("why").asText())
                    .containsExactlyInAnyOrder(
                            "web-1: it shares",
                            "web-2: the agent at http://silent answered 409",
                            "web-3: no agent is ready on its node three",
                            ": its pods cannot be listed: pods is forbidden");
            assertThat(all.path("verdict").asText()).isEqualTo("not_known");
        }
    }

    @Test
    @DisplayName("asks each node about its own pods in these namespaces alone, once a round")
    void asks() throws Exception {
        cluster.pod("lab", "web-1", WEB, "one");
        cluster.pod("kube-system", "dns", SHOP, "one");
        cluster.answers("one", listener(WEB, 80, "binds_at_once") + "," + listener(SHOP, 53, "blocked"), "");
        try (AuditRounds rounds = rounds("lab")) {
            rounds.round(cluster);
            assertThat(cluster.asked).containsExactly(Set.of(WEB));
            // What was not asked for is not told, whoever says it.
            assertThat(told(rounds, null).path("listeners").findValues("port"))
                    .extracting(JsonNode::asInt)
                    .containsExactly(80);
            told(rounds, null);
            assertThat(registry.getMeters())
                    .allSatisfy(meter -> assertThat(meter.measure()).isNotEmpty());
            assertThat(cluster.asked).hasSize(1);
        }
    }

    @Test
    @DisplayName("has meters where the controller leads, and none where it waits")
    void meters() throws Exception {
        cluster.pod("lab", "web-1", WEB, "one");
        cluster.answers("one", listener(WEB, 80, "blocked"), "");
        try (AuditRounds rounds = rounds("lab")) {
            rounds.round(cluster);
            assertThat(registry.find("rebind.listener.restart.risk").gauge()).isNull();
            rounds.leads();
            assertThat(registry.get("rebind.listener.restart.risk")
                            .tags("namespace", "lab", "pod", "web-1", "port", "80", "address", "0.0.0.0")
                            .gauge()
                            .value())
                    .isEqualTo(3);
            assertThat(registry.get("rebind.listener.info")
                            .tags("container", "server", "node", "one", "reuse_address", "off")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            cluster.answers("one", "", "");
            rounds.round(cluster);
            assertThat(registry.find("rebind.listener.restart.risk").gauge()).isNull();
            assertThat(registry.get("rebind.listener.series.dropped").gauge().value())
                    .isEqualTo(3);
        }
    }

    /** This very process is the pod's, by a /proc that says so; its sockets and descriptors are real. */
    private static PodAudits node(Path proc) throws IOException {
        String pid = Long.toString(ProcessHandle.current().pid());
        Path process = Files.createDirectories(proc.resolve(pid));
        Files.writeString(process.resolve("cgroup"), "0::/kubepods/pod" + WEB + "/" + CONTAINER + "\n");
        Files.createSymbolicLink(process.resolve("net"), Path.of("/proc", pid, "net"));
        return PodAudits.ofNode(proc);
    }

    @Test
    @DisplayName("is what docs/reference/audit.schema.json says, from a real socket to the answer")
    void real(@TempDir Path proc) throws Exception {
        PodAudits node = node(proc);
        var source = new FakeCluster() {
            @Override
            public synchronized JsonNode ask(URI agent, Set<String> uids) {
                return tree(AuditJson.write(node.of(uids)));
            }
        };
        source.pod("lab", "web-1", WEB, "one");
        source.pod("lab", "web-2", SHOP, "one");
        source.answers("one", "", "");
        try (AuditRounds rounds =
                        new AuditRounds(new AuditRounds.Settings(Duration.ofMinutes(1), List.of("lab")), source, null);
                var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            rounds.round(source);
            JsonNode all = told(rounds, "lab");
            assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(Path.of("../../docs/reference/audit.schema.json")
                                    .toRealPath()
                                    .toUri())
                            .validate(all))
                    .isEmpty();
            assertThat(all.at("/untold/0/pod/name").asText()).isEqualTo("web-2");
            assertThat(all.path("listeners")).anySatisfy(listener -> {
                assertThat(listener.path("port").asInt()).isEqualTo(server.getLocalPort());
                // The JDK turns it on.
                assertThat(listener.at("/options/reuse_address").asBoolean()).isTrue();
                assertThat(listener.at("/restart/kind").asText()).isEqualTo("binds_at_once");
                assertThat(listener.at("/pod/container").asText()).isEqualTo("server");
            });
        }
    }

    @Test
    @DisplayName("is none where nobody asked for it, and that is said")
    void none() {
        try (AuditRounds rounds = AuditRounds.none()) {
            assertThat(rounds.last(null))
                    .isInstanceOfSatisfying(
                            Audits.Answer.Nothing.class,
                            nothing -> assertThat(nothing.why()).contains("nodeAgent.audit"));
        }
    }

    @Test
    @DisplayName("knows a static pod by the name that its node has for it, and leaves out pods that have ended")
    void pods() {
        Pod mirror = new PodBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName("etcd")
                .withUid(WEB)
                .addToAnnotations("kubernetes.io/config.mirror", "c3".repeat(16))
                .endMetadata()
                .withNewSpec()
                .withNodeName("one")
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .endStatus()
                .build();
        assertThat(AuditedPod.of(mirror).orElseThrow().nodeUid()).isEqualTo("c3".repeat(16));
        mirror.getStatus().setPhase("Succeeded");
        assertThat(AuditedPod.of(mirror)).isEmpty();
    }
}
