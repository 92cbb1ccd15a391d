package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.workload.Restore;
import dev.rebind.experiment.workload.WorkloadKind;
import dev.rebind.experiment.workload.WorkloadRef;
import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TargetChoiceTest {
    private static final ExperimentSpec SPEC = Specs.spec("");
    private static final Workload WEB = new Workload(
            new WorkloadId("Deployment", "web", "uid-web"),
            new LabelSelectorBuilder()
                    .addToMatchLabels("app", "web")
                    .addToMatchLabels("a", "b")
                    .build(),
            2);

    @Test
    @DisplayName("When a namespace has the label with another value, or none, then it does not allow experiments")
    void optIn() {
        assertThat(NamespaceOptIn.allows(Map.of("rebind.dev/experiments", "allowed")))
                .isTrue();
        assertThat(NamespaceOptIn.allows(Map.of("rebind.dev/experiments", "true")))
                .isFalse();
        assertThat(NamespaceOptIn.allows(Map.of())).isFalse();
        assertThat(NamespaceOptIn.allows(null)).isFalse();
        refused(
                TargetRefusals.notAllowed("shop"),
                "NamespaceNotAllowed",
                "Namespace shop does not allow experiments; kubectl label namespace shop"
                        + " rebind.dev/experiments=allowed");
    }

    @Test
    @DisplayName("When the chart has workloads of other roles, then only servers come into question")
    void servers() {
        List<HasMetadata> workloads = List.of(
                new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .addToLabels("app.kubernetes.io/component", "server")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build(),
                new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("clients")
                        .addToLabels("app.kubernetes.io/component", "clients")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build(),
                new StatefulSetBuilder()
                        .withNewMetadata()
                        .withName("db")
                        .addToLabels("app.kubernetes.io/component", "server")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build(),
                new DaemonSetBuilder()
                        .withNewMetadata()
                        .withName("bare")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build());
        List<Workload> servers = TargetChoice.servers(workloads);
        assertThat(servers).extracting(Workload::name).containsExactly("Deployment/web", "StatefulSet/db");
        refused(
                TargetRefusals.notOne("shop", servers),
                "SeveralTargets",
                "Namespace shop has several servers of Rebind's chart (Deployment/web, StatefulSet/db); name one in"
                        + " spec.target.workloadRef");
        assertThat(TargetRefusals.notOne("shop", List.of()))
                .isInstanceOfSatisfying(LookupResult.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo("NoTarget");
                    assertThat(refused.message()).contains("server.enabled");
                });
    }

    @Test
    @DisplayName("When what is named is not there, then that is said with kind and name")
    void missing() {
        refused(
                TargetRefusals.missing("shop", new WorkloadRef(WorkloadKind.StatefulSet, "db", null, null, null)),
                "NoTarget",
                "spec.target.workloadRef: namespace shop has no StatefulSet db");
    }

    @Test
    @DisplayName("When a workload has one pod, then that is the target, with its network, port and agents")
    void onePod() {
        TargetPod target = found(SPEC, pod("web-0"), client("clients-0", "shop-release", true));
        assertThat(target.toString()).isEqualTo("Deployment/web (pod web-0 on node-1, pod, port 8080)");
        assertThat(target.selector()).isEqualTo("a=b,app=web");
        assertThat(target.address()).isEqualTo("0.0.0.0");
        assertThat(target.clientAddress()).isEqualTo("10.1.0.7");
        assertThat(target.clientPort()).isEqualTo(8080);
        assertThat(target.agent()).isEqualTo(URI.create("http://10.1.0.7:7070"));
        assertThat(target.clients()).isEqualTo(URI.create("http://10.1.0.8:7070"));
        assertThat(target.toggle())
                .as("no restart to restore, where nobody asks for it")
                .isEqualTo(new TargetPod.Toggle("web-settings", "reuseAddress", "true", "false", Restore.next_start));
    }

    @Test
    @DisplayName("When pods are going away or have failed, then they do not count")
    void leaving() {
        Pod leaving = pod("web-0")
                .edit()
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        Pod failed =
                pod("web-1").edit().editStatus().withPhase("Failed").endStatus().build();
        assertThat(TargetChoice.among(SPEC, WEB, List.of(leaving, failed, pod("web-2")), false, List.of(), List::of))
                .isInstanceOfSatisfying(
                        LookupResult.Found.class,
                        found -> assertThat(found.target().pod()).isEqualTo("web-2"));
        refused(
                TargetChoice.among(SPEC, WEB, List.of(leaving, failed), false, List.of(), List::of),
                "NoTarget",
                "Deployment/web has no pod; scale it to one");
    }

    @Test
    @DisplayName("When a workload has several pods, then none is taken, and they are named")
    void severalPods() {
        refused(
                TargetChoice.among(SPEC, WEB, List.of(pod("web-1"), pod("web-0")), false, List.of(), List::of),
                "SeveralTargets",
                "Deployment/web has 2 pods (web-0, web-1), and an experiment restarts one unless spec.selection says more; write it,"
                        + " name one of them (kind: Pod), or scale it to one");
    }

    @Test
    @DisplayName(
            "When a pod is on the host's network, then that is the network, and clients connect to the pod's address")
    void hostNetwork() {
        TargetPod target = found(
                SPEC,
                pod("web-0").edit().editSpec().withHostNetwork(true).endSpec().build());
        assertThat(target.network()).isEqualTo(Network.hostNetwork);
        assertThat(target.clientAddress()).isEqualTo("10.1.0.7");
    }

    @Test
    @DisplayName("When the server's port is mapped to the node, then clients connect to the node's address and port")
    void hostPort() {
        TargetPod target = found(SPEC, mapped());
        assertThat(target.network()).isEqualTo(Network.hostPort);
        assertThat(target.port()).isEqualTo(8080);
        assertThat(target.clientAddress()).isEqualTo("192.168.0.5");
        assertThat(target.clientPort()).isEqualTo(18_080);
    }

    @Test
    @DisplayName("When the experiment names a port, then that is bound, and no mapping of the node leads to it")
    void portWritten() {
        TargetPod target = found(Specs.spec("target: {server: {port: 9000, address: 10.1.0.7}}"), mapped());
        assertThat(target.port()).isEqualTo(9000);
        assertThat(target.address()).isEqualTo("10.1.0.7");
        assertThat(target.clientAddress()).isEqualTo("10.1.0.7");
        assertThat(target.clientPort()).isEqualTo(9000);
    }

    @Test
    @DisplayName("When a pod has an IPv6 address, then it stands in brackets in the agent's URL")
    void ipv6() {
        Pod pod = pod("web-0")
                .edit()
                .editStatus()
                .withPodIP("fd00::7")
                .endStatus()
                .build();
        assertThat(found(SPEC, pod).agent()).isEqualTo(URI.create("http://[fd00::7]:7070"));
    }

    @Test
    @DisplayName("When no client pod of the same release is ready, then there are no clients")
    void clients() {
        assertThat(found(SPEC, pod("web-0")).clients()).isNull();
        assertThat(found(SPEC, pod("web-0"), client("a", "shop-release", false)).clients())
                .isNull();
        assertThat(found(SPEC, pod("web-0"), client("a", "another-release", true))
                        .clients())
                .isNull();
    }

    @Test
    @DisplayName(
            "When a pod has no agent, no address or no port, then it is refused, and said whether waiting may help")
    void notYet() {
        Pod bare = pod("web-0")
                .edit()
                .editSpec()
                .editFirstContainer()
                .withPorts()
                .endContainer()
                .endSpec()
                .build();
        LookupResult.Refused noAgent = (LookupResult.Refused) lookup(SPEC, bare);
        assertThat(noAgent.reason()).isEqualTo("NoAgent");
        assertThat(noAgent.passing()).isFalse();

        Pod pending =
                pod("web-0").edit().editStatus().withPodIP(null).endStatus().build();
        refused(lookup(SPEC, pending), "TargetNotReady", "Deployment/web: pod web-0 has no address yet");

        Pod unnamed = pod("web-0")
                .edit()
                .editSpec()
                .editFirstContainer()
                .withPorts()
                .addNewPort()
                .withName("agent")
                .withContainerPort(7070)
                .endPort()
                .endContainer()
                .endSpec()
                .build();
        LookupResult.Refused noPort = (LookupResult.Refused) lookup(SPEC, unnamed);
        assertThat(noPort.reason()).isEqualTo("NoPort");
        assertThat(noPort.message()).endsWith("write spec.target.server.port");
        assertThat(lookup(Specs.spec("target: {server: {port: 9000}}"), unnamed))
                .isInstanceOf(LookupResult.Found.class);
    }

    @Test
    @DisplayName(
            "When each pod has another address, then clients connect to the Service that leads to the pod, if there is one")
    void podMode() {
        ExperimentSpec spec = Specs.spec("restart: {mode: pod}");
        assertThat(((LookupResult.Refused) lookup(spec, pod("web-0"))).reason()).isEqualTo("NoService");
        assertThat(TargetChoice.among(
                        spec,
                        WEB,
                        List.of(pod("web-0")),
                        false,
                        List.of(),
                        () -> List.of(
                                service("headless", "shop-release", "None"),
                                service("other", "another-release", "10.96.0.1"),
                                service("web", "shop-release", "10.96.0.2"))))
                .isInstanceOfSatisfying(LookupResult.Found.class, found -> {
                    assertThat(found.target().clientAddress()).isEqualTo("10.96.0.2");
                    assertThat(found.target().clientPort()).isEqualTo(80);
                    assertThat(found.target().port()).isEqualTo(8080);
                });
    }

    @Test
    @DisplayName(
            "When a pod without an agent is restarted whole, then it is a target: its only container and port, and any clients")
    void foreign() {
        ExperimentSpec spec = Specs.spec("restart: {mode: container}");
        TargetPod target = found(spec, theirs(), client("clients-0", "another-release", true));
        assertThat(target.agent()).isNull();
        assertThat(target.container()).isEqualTo("web");
        assertThat(target.port()).isEqualTo(80);
        assertThat(target.toggle()).isNull();
        assertThat(target.clients()).isEqualTo(URI.create("http://10.1.0.8:7070"));
        assertThat(((LookupResult.Refused) lookup(SPEC, theirs())).reason()).isEqualTo("NoAgent");
    }

    @Test
    @DisplayName("When the spec names container, port, command and key, then they are taken")
    void foreignWritten() {
        TargetPod target = found(Specs.spec("""
                        restart: {mode: container}
                        target: {workloadRef: {kind: Deployment, name: web, container: web, port: 81, stopCommand: [stop, now]}}
                        toggle: {configMapKeyRef: {name: theirs, key: reuse, on: "1", off: "0"}}
                        """), theirs());
        assertThat(target.port()).isEqualTo(81);
        assertThat(target.stopCommand()).containsExactly("stop", "now");
        TargetPod.Toggle toggle = Objects.requireNonNull(target.toggle());
        assertThat(toggle.value(true)).isEqualTo("1");
        assertThat(toggle.meaning("0")).isFalse();
        assertThat(toggle.meaning("2")).isNull();
        assertThat(toggle.meaning(null)).isNull();
    }

    @Test
    @DisplayName(
            "When it is not plain which container or port is meant, or nobody would make the pod again, then it is refused")
    void foreignDoubtful() {
        ExperimentSpec spec = Specs.spec("restart: {mode: container}");
        Pod two = theirs().edit()
                .editSpec()
                .addNewContainer()
                .withName("sidecar")
                .endContainer()
                .endSpec()
                .build();
        assertThat(((LookupResult.Refused) lookup(spec, two)).reason()).isEqualTo("SeveralContainers");
        Pod portless = theirs().edit()
                .editSpec()
                .editFirstContainer()
                .withPorts()
                .endContainer()
                .endSpec()
                .build();
        assertThat(((LookupResult.Refused) lookup(spec, portless)).reason()).isEqualTo("NoPort");
        for (String mode : List.of("pod", "rollout")) {
            LookupResult lookup = TargetResolution.of(
                    Specs.spec("{restart: {mode: " + mode + "}, clients: {connections: 0}}"),
                    new WorkloadId("Pod", "web-0", "1-1"),
                    null,
                    theirs(),
                    List.of(),
                    List::of);
            assertThat(((LookupResult.Refused) lookup).reason()).isEqualTo("NoOwner");
        }
    }

    @Test
    @DisplayName("When a node has an agent that is ready, then that one looks at the ports of its pods")
    void nodeAgent() {
        Pod there = client("a", "x", true)
                .edit()
                .editSpec()
                .withNodeName("node-1")
                .endSpec()
                .build();
        assertThat(TargetResolution.nodeAgent("node-1", List.of(there))).isEqualTo(URI.create("http://10.1.0.8:7070"));
        assertThat(TargetResolution.nodeAgent("node-2", List.of(there))).isNull();
        assertThat(TargetResolution.nodeAgent(null, List.of(there))).isNull();
    }

    private static Pod theirs() {
        return pod("web-0")
                .edit()
                .editSpec()
                .editFirstContainer()
                .withName("web")
                .withEnv()
                .withPorts(new io.fabric8.kubernetes.api.model.ContainerPortBuilder()
                        .withContainerPort(80)
                        .build())
                .endContainer()
                .endSpec()
                .build();
    }

    private static Service service(String name, String release, String clusterIp) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withClusterIP(clusterIp)
                .addToSelector("app.kubernetes.io/instance", release)
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build();
    }

    private static void refused(LookupResult lookup, String reason, String message) {
        assertThat(lookup).isEqualTo(new LookupResult.Refused(reason, message, true));
    }

    private static LookupResult lookup(ExperimentSpec spec, Pod pod, Pod... clients) {
        return TargetChoice.among(spec, WEB, List.of(pod), false, List.of(clients), List::of);
    }

    private static Pod rolledOut(String name, String at) {
        return pod(name)
                .edit()
                .editMetadata()
                .addToAnnotations("rebind.dev/restartedAt", at)
                .endMetadata()
                .build();
    }

    @Test
    @DisplayName(
            "When a controller died in a rollout, then the experiment goes on with the pods of that rollout, and not with several")
    void goesOnWithRollout() {
        ExperimentSpec spec = Specs.spec("{restart: {mode: rollout}, clients: {connections: 0}}");
        List<Pod> both = List.of(
                rolledOut("web-old", "2026-01-01T00:00:01.5Z"),
                pod("web-older"),
                rolledOut("web-new", "2026-01-01T00:00:02Z"));
        assertThat(TargetChoice.among(spec, WEB, both, true, List.of(), List::of))
                .isInstanceOfSatisfying(
                        LookupResult.Found.class,
                        found -> assertThat(found.targets())
                                .extracting(TargetPod::pod)
                                .containsExactly("web-new"));
        assertThat(((LookupResult.Refused) TargetChoice.among(spec, WEB, both, false, List.of(), List::of)).reason())
                .as("one that has not begun waits until somebody else's rollout is over")
                .isEqualTo("SeveralTargets");
    }

    @Test
    @DisplayName("When a workload was scaled up meanwhile, then it has several pods all the same")
    void scaledUp() {
        ExperimentSpec spec = Specs.spec("{restart: {mode: rollout}, clients: {connections: 0}}");
        List<Pod> both =
                List.of(rolledOut("web-0", "2026-01-01T00:00:02Z"), rolledOut("web-1", "2026-01-01T00:00:02Z"));
        assertThat(((LookupResult.Refused) TargetChoice.among(spec, WEB, both, true, List.of(), List::of)).reason())
                .isEqualTo("SeveralTargets");
    }

    @Test
    @DisplayName(
            "When a restart of several pods was left half done, then the experiment waits until all are there: a cycle's number says which pod it is on")
    void waitsForAll() {
        ExperimentSpec spec = Specs.spec("{restart: {mode: pod}, selection: {mode: all}, clients: {connections: 0}}");
        refused(
                TargetChoice.among(spec, WEB, List.of(pod("web-0")), true, List.of(), List::of),
                "TargetNotReady",
                "Deployment/web has 1 of its 2 pods yet");
        assertThat(TargetChoice.among(spec, WEB, List.of(pod("web-0"), pod("web-1")), true, List.of(), List::of))
                .isInstanceOf(LookupResult.Found.class);
    }

    private static TargetPod found(ExperimentSpec spec, Pod pod, Pod... clients) {
        return ((LookupResult.Found) lookup(spec, pod, clients)).target();
    }

    private static Pod mapped() {
        Pod pod = pod("web-0");
        Objects.requireNonNull(
                        pod.getSpec().getContainers().getFirst().getPorts().getLast())
                .setHostPort(18_080);
        return pod;
    }

    private static Pod client(String name, String release, boolean ready) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("app.kubernetes.io/instance", release)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .addNewPort()
                .withName("agent")
                .withContainerPort(7070)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPodIP("10.1.0.8")
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .withUid("1-1")
                .addToLabels("app.kubernetes.io/instance", "shop-release")
                .endMetadata()
                .withNewSpec()
                .withNodeName("node-1")
                .addNewContainer()
                .withName("server")
                .addNewPort()
                .withName("agent")
                .withContainerPort(7070)
                .endPort()
                .addNewPort()
                .withName("server")
                .withContainerPort(8080)
                .endPort()
                .addNewEnv()
                .withName("REBIND_AGENT_REUSE_ADDRESS")
                .withNewValueFrom()
                .withNewConfigMapKeyRef("reuseAddress", "web-settings", null)
                .endValueFrom()
                .endEnv()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP("10.1.0.7")
                .withHostIP("192.168.0.5")
                .endStatus()
                .build();
    }
}
