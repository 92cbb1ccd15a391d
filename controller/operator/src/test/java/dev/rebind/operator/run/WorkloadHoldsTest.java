package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.operator.resource.ExperimentStatus;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusEdit;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import dev.rebind.record.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** All of them are asked for {@link FakeTarget#pod}, which is Deployment/server in namespace lab. */
class WorkloadHoldsTest {
    private static final String NAMED = "{\"target\":{\"workloadRef\":{\"kind\":\"Deployment\",\"name\":\"server\"}}}";

    private final List<RebindExperiment> all = new ArrayList<>();
    private @Nullable WorkloadId chart;
    private int lists;
    private final WorkloadHolds holds = new WorkloadHolds(
            _ -> {
                lists++;
                return all;
            },
            _ -> chart);

    /** @param target as people read it */
    private RebindExperiment experiment(String name, String spec, Phase phase, String target) {
        var api = new FakeExperimentApi(new ExperimentKey("lab", name, "uid-" + name), spec);
        var edit = new StatusEdit(ExperimentStatus.NEW, Instant.EPOCH)
                .about(1L, "controller", target, "pod")
                .phase(phase);
        api.put((phase == Phase.Pending ? edit : edit.started()).done());
        RebindExperiment made = api.resource();
        all.add(made);
        return made;
    }

    private @Nullable String take(RebindExperiment experiment) {
        return holds.of(experiment).take(FakeTarget.pod("server-0"));
    }

    @Test
    @DisplayName(
            "When another experiment has begun on the workload, then it goes first, in whatever words its status says so")
    void begun() {
        experiment("first", NAMED, Phase.Running, "der Server");
        assertThat(take(experiment("second", NAMED, Phase.Pending, ""))).isEqualTo("lab/first");
    }

    @Test
    @DisplayName("When another experiment names no workload, then it has begun on the chart's server")
    void chart() {
        chart = new WorkloadId("Deployment", "server", "uid-server");
        experiment("first", "{}", Phase.Running, "Deployment/server (pod server-0)");
        assertThat(take(experiment("second", NAMED, Phase.Pending, ""))).isEqualTo("lab/first");
    }

    @Test
    @DisplayName("When another experiment runs on another workload, or is paused, then the workload is free")
    void free() {
        experiment("other", NAMED.replace("server", "web"), Phase.Running, "Deployment/server (pod server-0)");
        experiment("paused", NAMED, Phase.Paused, "Deployment/server (pod server-0)");
        experiment("chart", "{}", Phase.Running, "Deployment/server (pod server-0)");
        assertThat(take(experiment("second", NAMED, Phase.Pending, ""))).isNull();
    }

    @Test
    @DisplayName("When one of this controller has the workload, then another gets it once the first has released it")
    void released() {
        Holds first = holds.of(experiment("first", NAMED, Phase.Pending, ""));
        RebindExperiment second = experiment("second", NAMED, Phase.Pending, "");
        assertThat(first.take(FakeTarget.pod("server-0"))).isNull();
        assertThat(first.take(FakeTarget.pod("server-0"))).isNull();
        assertThat(take(second)).isEqualTo("lab/first");
        first.release();
        assertThat(take(second)).isNull();
    }

    @Test
    @DisplayName(
            "When an experiment waits for one of this controller, then the API server does not list all experiments for it")
    void waits() {
        Holds first = holds.of(experiment("first", NAMED, Phase.Pending, ""));
        assertThat(first.take(FakeTarget.pod("server-0"))).isNull();
        int before = lists;
        assertThat(take(experiment("second", NAMED, Phase.Pending, ""))).isEqualTo("lab/first");
        assertThat(first.take(FakeTarget.pod("server-0"))).isNull();
        assertThat(lists).isEqualTo(before);
    }
}
