package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Specs;
import dev.rebind.experiment.workload.Restore;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.WebPod;
import dev.rebind.plan.Plan;
import dev.rebind.plan.Planner;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DryRunTest {
    private static final TargetPod THEIRS = target("web-0", "node-1");

    private static TargetPod target(String pod, String node) {
        return WebPod.target(pod, node, new Toggle("settings", "reuse", "1", "0", Restore.next_start));
    }

    private static String plan(String spec, TargetPod... targets) {
        ExperimentSpec read = Specs.spec(spec);
        var experiment = new Experiment(
                Experiment.API_VERSION, Experiment.KIND, new Experiment.Metadata("dry", null, null, null), read);
        return DryRun.plan(experiment, (Plan.Cycles) Planner.plan(experiment), List.of(targets));
    }

    @Test
    @DisplayName(
            "When a container of others would be ended, then by what, what would be patched, and what would not be seen is told")
    void container() {
        assertThat(plan("{restart: {mode: container}, cycles: 3, clients: {connections: 0}}", THEIRS))
                .isEqualTo(
                        "Would restart Deployment/web (pod web-0 on node-1, pod, port 8080) 3 times in mode container"
                                + " (sh -c 'kill 1' in container web), with 0 clients at 10.1.0.7 port 8080. Would set the key reuse"
                                + " of ConfigMap settings to 1 or 0 before each, and back at the end; the container reads that when it is started next. No agent of its node answers"
                                + " (nodeAgent.enabled): what is left on the port would not be seen.");
    }

    @Test
    @DisplayName("When there are several pods, then all of them are named")
    void several() {
        assertThat(plan(
                        "{restart: {mode: pod, ignoreDisruptionBudget: true}, clients: {connections: 0}}",
                        THEIRS,
                        target("web-1", "node-2")))
                .startsWith(
                        "Would restart Deployment/web (pod web-0 on node-1, pod web-1 on node-2, pod, port 8080) once"
                                + " each in mode pod (the pod is deleted, whatever a PodDisruptionBudget says)");
    }
}
