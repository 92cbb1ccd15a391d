package dev.rebind.experiment.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.ExperimentFile.Read;
import java.io.StringReader;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "restart: {mode: listener}",
                "restart: {mode: process, close: kill}",
                "{restart: {close: none}, onFailure: move}",
                "suspend: false",
                "terminate: false",
                "onFailure: move",
                "{obstacle: {kind: listener}, onFailure: move}",
                "target: {server: {port: 8080}}"
            })
    @DisplayName("When the local lab can do it, then it says nothing")
    void localGood(String spec) {
        assertThat(local(spec)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        restart: {mode: container} | spec.restart.mode: container needs a cluster; apply the file with kubectl, or write process or listener
        restart: {mode: pod} | spec.restart.mode: pod needs a cluster; apply the file with kubectl, or write process or listener
        target: {workloadRef: {kind: Pod, name: web}} | spec.target.workloadRef: names a workload of a cluster; apply the file with kubectl, or remove it
        suspend: true | spec.suspend: is for a cluster, where it can be taken back; remove it to run here
        terminate: true | spec.terminate: is for a cluster; remove it to run here
        clients: {via: {service: web}} | spec.clients.via: is for a cluster; remove it to run here
        """)
    @DisplayName("When only a cluster can do it, then the local lab names the field and the way out")
    void localBad(String spec, String message) {
        assertThat(local(spec)).containsExactly(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "restart: {mode: listener, close: reset}",
                "restart: {mode: process, close: kill}",
                "restart: {mode: process, close: stall}",
                "restart: {mode: container, close: client}",
                "restart: {mode: pod, close: server}",
                "{restart: {mode: process}, onFailure: clear}",
                "{restart: {mode: pod}, onFailure: wait}",
                "target: {workloadRef: {kind: StatefulSet, name: web}}",
                "{suspend: true, ttlSecondsAfterFinished: 60, startingDeadlineSeconds: 10}",
                "{suspend: false, terminate: true}",
                "target: {workloadRef: {kind: Deployment, name: a.b-c.1, container: web}}",
                "{target: {workloadRef: {kind: Pod, name: web, stopCommand: [kill]}}, restart: {mode: container}}",
                "{toggle: {configMapKeyRef: {name: a, key: A_b.c-1, on: 'yes'}}, restart: {mode: pod}}",
                "terminate: true"
            })
    @DisplayName("When a cluster can do it, then it says nothing")
    void clusterGood(String spec) {
        assertThat(cluster(spec)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            parallel: 2 | spec.parallel: is for ./rebind run alone; remove it to run in a cluster
            {obstacle: {kind: listener}, onFailure: move} | spec.obstacle: is for ./rebind run alone; remove it to run in a cluster
            steps: [{name: one}] | spec.steps: is for ./rebind run alone; remove it to run in a cluster
            cells: [{name: one, old: {address: 127.0.0.1}, new: {address: 127.0.0.1}}] | spec.cells: is for ./rebind run alone; remove it to run in a cluster
            truthTable: {} | spec.truthTable: is for ./rebind run alone; remove it to run in a cluster
            target: {command: {argv: [a], port: 1}} | spec.target.command: no command is started in a cluster; name a workload with spec.target.workloadRef in its place
            onFailure: move | spec.onFailure: move takes another port for each cycle, and a target in a cluster has one; write wait or clear
            {restart: {close: none}, onFailure: move} | spec.restart.close: none is for ./rebind run alone; write server, client, reset, kill or stall
            {restart: {close: keep}, target: {server: {handler: process}}} | spec.restart.close: keep is for ./rebind run alone; write server, client, reset, kill or stall
            restart: {mode: container, close: reset} | spec.restart.close: in mode: container the server is told to stop and closes its connections; write server, client or stall, or mode: process
            restart: {mode: pod, close: kill} | spec.restart.close: in mode: pod the server is told to stop and closes its connections; write server, client or stall, or mode: process
            {restart: {mode: container}, onFailure: clear} | spec.onFailure: in mode: container the fresh container tries by itself until it is bound; write wait
            target: {workloadRef: {kind: Pod, name: A b/c}} | spec.target.workloadRef.name: "A b/c" is no name in Kubernetes; use lower-case letters, digits, - and ., 253 characters or less
            target: {workloadRef: {kind: Pod, name: ''}} | spec.target.workloadRef.name: "" is no name in Kubernetes; use lower-case letters, digits, - and ., 253 characters or less
            target: {workloadRef: {kind: Pod, name: a, container: -a}} | spec.target.workloadRef.container: "-a" is no name in Kubernetes; use lower-case letters, digits, - and ., 253 characters or less
            target: {workloadRef: {kind: Pod, name: a, stopCommand: [kill]}} | spec.target.workloadRef.stopCommand: is run with mode: container only, and here it is process; remove it
            {toggle: {configMapKeyRef: {name: a/b, key: k}}, restart: {mode: pod}} | spec.toggle.configMapKeyRef.name: "a/b" is no name in Kubernetes; use lower-case letters, digits, - and ., 253 characters or less
            {toggle: {configMapKeyRef: {name: a, key: b c}}, restart: {mode: pod}} | spec.toggle.configMapKeyRef.key: "b c" is no key of a ConfigMap; use letters, digits, -, _ and .
            {toggle: {configMapKeyRef: {name: a, key: k, on: 'false'}}, restart: {mode: pod}} | spec.toggle.configMapKeyRef.on: on and off are both "false", so that nothing would be toggled; make them differ
            {restore: now} | spec.restore: in mode: process the agent gives the server its options, and no container has to read them again; remove restore, or write mode: container, pod or rollout
            {target: {server: {service: echo}, workloadRef: {kind: Pod, name: a}}, restart: {mode: container}} | spec.target.server: in mode: container a workload starts its server by itself, with settings of its own; remove server, or write mode: process or listener
            {target: {server: {transport: epoll}}, restart: {mode: pod}} | spec.target.server.transport: in mode: pod the container starts its server by itself, and takes no transport; remove it, or write mode: process or listener
            {target: {server: {handler: own}}, restart: {mode: rollout}} | spec.target.server.handler: in mode: rollout the container starts its server by itself, and takes no handler; remove it, or write mode: process or listener
            {suspend: true, terminate: true} | spec.suspend: terminate ends what suspend would pause; remove one of the two
            {restart: {mode: pod}, onFailure: clear} | spec.onFailure: in mode: pod the fresh container tries by itself until it is bound; write wait
            """)
    @DisplayName("When only the local lab can do it, then a cluster names the field and the way out")
    void clusterBad(String spec, String message) {
        assertThat(cluster(spec)).contains(message);
    }

    @Test
    @DisplayName("When several things cannot be had, then all of them are said at once")
    void several() {
        assertThat(cluster("{parallel: 2, onFailure: move, restart: {close: none}}"))
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("spec.parallel", "spec.onFailure", "spec.restart.close");
    }

    private static List<String> local(String spec) {
        return lines(spec, PlaceRules::local);
    }

    private static List<String> cluster(String spec) {
        return lines(spec, PlaceRules::cluster);
    }

    /** By the reader of experiment files, so that what is held against the place is a spec that can be written. */
    private static List<String> lines(String spec, Function<ExperimentSpec, List<Finding>> rules) {
        String text = "{apiVersion: rebind.dev/v1alpha1, kind: RebindExperiment, metadata: {name: one}, spec: "
                + (spec.startsWith("{") ? spec : "{" + spec + "}") + "}";
        return switch (ExperimentFile.read("one", new StringReader(text))) {
            case Read.Experiments read ->
                rules.apply(read.experiments().getFirst().experiment().spec()).stream()
                        .map(finding -> finding.field() + ": " + finding.message())
                        .toList();
            case Read.Problems problems -> throw new AssertionError(problems.toString());
        };
    }
}
