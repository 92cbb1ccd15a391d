package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Theirs.toggled;
import static dev.rebind.e2e.cluster.Experiments.cycles;
import static dev.rebind.e2e.cluster.Experiments.reason;
import static dev.rebind.e2e.cluster.Tool.kubectl;
import static dev.rebind.e2e.junit.Claims.bound;
import static dev.rebind.e2e.junit.Claims.upTo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.diagnosis.Cause;
import dev.rebind.e2e.cluster.Await;
import dev.rebind.e2e.cluster.BrokenException;
import dev.rebind.e2e.cluster.Cluster;
import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Pods;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.cluster.Spec;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.record.CycleRecord;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Targets on several nodes, and {@code rebind why} in an ephemeral container of a target. */
@Below("targets")
final class ManyTargetChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("targets-many").values(Theirs.VALUES);

    /** A DaemonSet, one pod on each node: both are restarted at once, and each record says where. */
    @Check("two-nodes")
    void twoNodes(Release release, Experiments experiments, Claims claims) {
        List<String> nodes = Cluster.nodes().stream()
                .map(node -> node.getMetadata().getName())
                .toList();
        Assumptions.assumeTrue(nodes.size() >= 2, "the cluster has one node");
        var theirs = new Theirs(release);
        theirs.deploy();
        Map<String, String> before = theirs.data();
        Theirs.apply(
                release.namespace(),
                Theirs.server(release, "everywhere").with("{kind: DaemonSet, spec: {replicas: null, strategy: null}}"));
        release.rolledOut("daemonset/everywhere");
        Map<String, String> old = Theirs.pods(release, "everywhere").stream()
                .collect(Collectors.toMap(pod -> pod.getSpec().getNodeName(), Pods::name));
        Spec spec = toggled("pod").with("""
            target: {workloadRef: {kind: DaemonSet, name: everywhere}}
            reuseAddress: {value: true}
            cycles: 2
            clients: {connections: 0}
            """);
        experiments.start("refused", spec);
        experiments.await("refused", "refused", status -> "SeveralTargets".equals(reason(status, "Accepted")));
        experiments.delete("refused");
        var over = experiments.run(
                "nodes", spec.with("{selection: {mode: all}, concurrency: %d}".formatted(nodes.size())));
        List<CycleRecord> records = over.records();
        claims.completed(over.status());
        claims.counted(over.status(), bound(2 * nodes.size()));
        claims.assertThat(cycles(records)).as("cycles").isEqualTo(upTo(2 * nodes.size()));
        int overlapping = 0;
        for (int first = 0; first + nodes.size() <= records.size(); first += nodes.size()) {
            List<CycleRecord> round = records.subList(first, first + nodes.size());
            claims.assertThat(round)
                    .as("nodes of a round")
                    .extracting(record ->
                            record.cluster() == null ? null : record.cluster().node())
                    .containsExactlyInAnyOrderElementsOf(nodes);
            overlapping += overlaps(round) ? 1 : 0;
        }
        // A node that is busy may begin after the other has ended.
        claims.assertThat(overlapping)
                .as(
                        "rounds whose pods are restarted side by side, of %s",
                        records.stream()
                                .map(record -> Records.stopped(record) + " to " + record.boundAt())
                                .toList())
                .isPositive();
        claims.every("the pod is another", records, record -> {
            var place = Objects.requireNonNull(record.cluster());
            return !place.pod().equals(old.get(place.node()));
        });
        theirs.claimOwn(claims, before);
        kubectl("-n", release.namespace(), "delete", "daemonset", "everywhere", "--timeout=300s");
        experiments.delete("nodes");
        claims.seen("%d cycles on %s, two rounds".formatted(records.size(), String.join(", ", nodes)));
    }

    /** Whether none was bound again before the last was told to stop. */
    private static boolean overlaps(List<CycleRecord> round) {
        Instant lastStop = round.stream()
                .map(Records::stopped)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return round.stream().map(CycleRecord::boundAt).allMatch(bound -> bound != null && bound.isAfter(lastStop));
    }

    /** An ephemeral container has the network of its pod, and the processes of a container only where it is told of which. */
    @Check("why/debug-container")
    void why(Release release, Claims claims) {
        var theirs = new Theirs(release);
        theirs.deploy();
        String pod = Pods.name(theirs.pod());
        Answer alone = ask(release, pod, "why-alone");
        claims.assertThat(alone.exitCode()).as("exit code, without --target").isEqualTo(1);
        claims.assertThat(alone.cause()).as("cause, without --target").isEqualTo(Cause.listener_unseen.name());
        JsonNode holder = alone.holder(Cause.listener_unseen);
        claims.assertThat(holder.path("kind").asText())
                .as("holder, without --target")
                .isEqualTo("unseen");
        claims.assertThat(holder.path("why").asText()).as("why it is unseen").isEqualTo("not_here");
        claims.assertThat(alone.json().path("remedies").toString())
                .as("remedies, without advice to run it as root")
                .doesNotContain("find_as_root");
        Answer targeted = ask(release, pod, "why-targeted", "--target", "web");
        claims.assertThat(targeted.exitCode()).as("exit code, with --target").isEqualTo(1);
        claims.assertThat(targeted.cause())
                .as("cause, with --target (%s)", targeted.summary())
                .isEqualTo(Cause.listener_other.name());
        JsonNode processes = targeted.holder(Cause.listener_other).path("processes");
        claims.assertThat(processes).as("processes of the holder").hasSize(1);
        List<String> command = new ArrayList<>();
        processes.path(0).path("command").forEach(word -> command.add(word.asText()));
        claims.assertThat(String.join(" ", command))
                .as("the command of the holder")
                .contains("server --port " + release.port());
        claims.seen("alone: %s With --target: %s".formatted(alone.summary(), targeted.summary()));
    }

    /** Of {@code rebind why --json}. */
    private record Answer(JsonNode json, int exitCode) {
        String cause() {
            return json.path("cause").asText();
        }

        String summary() {
            return json.path("summary").asText();
        }

        /** Of the only thing that blocks for this cause. */
        JsonNode holder(Cause cause) {
            List<JsonNode> holders = StreamSupport.stream(json.path("blocking").spliterator(), false)
                    .filter(one -> one.path("cause").asText().equals(cause.name()))
                    .map(one -> one.path("holder"))
                    .toList();
            if (holders.size() != 1) {
                throw new BrokenException(holders.size() + " holders for " + cause + ", and not one, in " + json);
            }
            return holders.getFirst();
        }
    }

    /** Of an ephemeral container, which stays in the pod when it has ended. */
    private static Answer ask(Release release, String pod, String name, String... more) {
        var command = new ArrayList<>(List.of("-n", release.namespace(), "debug", pod, "--container", name));
        command.addAll(List.of("--image", release.settings().image(), "--image-pull-policy", "IfNotPresent"));
        command.addAll(List.of("--profile", "general", "--attach=false"));
        command.addAll(Arrays.asList(more));
        command.addAll(List.of("--", "rebind", "why", String.valueOf(release.port()), "--json"));
        kubectl(command.toArray(String[]::new));
        var resource = Cluster.client().pods().inNamespace(release.namespace()).withName(pod);
        int code = Await.found(
                "ephemeral container " + name + " has ended",
                release.settings().patience(),
                () -> Optional.ofNullable(resource.get()).flatMap(seen -> exitCode(seen, name)));
        String last = resource.inContainer(name)
                .getLog()
                .lines()
                .reduce((_, line) -> line)
                .orElse("");
        return new Answer(Cluster.json("rebind why --json", last), code);
    }

    private static Optional<Integer> exitCode(Pod pod, String container) {
        return pod.getStatus().getEphemeralContainerStatuses().stream()
                .filter(status -> status.getName().equals(container))
                .map(ContainerStatus::getState)
                .filter(state -> state != null && state.getTerminated() != null)
                .map(state -> state.getTerminated().getExitCode())
                .findFirst();
    }
}
