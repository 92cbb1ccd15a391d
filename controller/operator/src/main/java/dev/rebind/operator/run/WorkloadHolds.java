package dev.rebind.operator.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rebind.operator.resource.RebindExperiment;
import dev.rebind.operator.resource.StatusJson;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import dev.rebind.record.Phase;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The workloads without an agent that experiments of this controller hold. The Lease lets only one controller work at a
 * time. Safe for several threads.
 */
final class WorkloadHolds {
    private final Function<String, List<RebindExperiment>> experiments;
    private final Function<String, @Nullable WorkloadId> chart;
    private final ConcurrentHashMap<Workload, ExperimentKey> holders = new ConcurrentHashMap<>();

    private record Workload(String namespace, String kind, String name) {
        static Workload of(String namespace, WorkloadId id) {
            return new Workload(namespace, id.kind(), id.name());
        }
    }

    /**
     * @param experiments all of a namespace
     * @param chart the chart's only server in a namespace, used if a spec names no workload; null if there is none
     */
    WorkloadHolds(Function<String, List<RebindExperiment>> experiments, Function<String, @Nullable WorkloadId> chart) {
        this.experiments = experiments;
        this.chart = chart;
    }

    /**
     * Holds workloads for one experiment. An experiment that has begun goes before one that has not, also after a
     * change of controllers.
     */
    Holds of(RebindExperiment resource) {
        ExperimentKey key = ExperimentKey.of(resource);
        boolean begun = StatusJson.of(resource).startedAt() != null;
        return new Holds() {
            private @Nullable Workload held;

            @Override
            public @Nullable String take(TargetPod target) {
                Workload workload = Workload.of(target.namespace(), target.workload());
                // Those that wait ask every three seconds, and the API server need not list all experiments for each of
                // them.
                ExperimentKey known = holders.get(workload);
                if (known != null && !known.equals(key)) {
                    return known.toString();
                }
                if (!begun && known == null) {
                    String other = begunOn(workload, key);
                    if (other != null) {
                        return other;
                    }
                }
                ExperimentKey holder = holders.putIfAbsent(workload, key);
                if (holder != null && !holder.equals(key)) {
                    return holder.toString();
                }
                held = workload;
                return null;
            }

            @Override
            public void release() {
                Workload was = held;
                held = null;
                if (was != null) {
                    holders.remove(was, key);
                }
            }
        };
    }

    /** Another experiment that has begun on the workload and is neither paused nor over. */
    private @Nullable String begunOn(Workload workload, ExperimentKey key) {
        return experiments.apply(workload.namespace()).stream()
                .filter(one -> !one.getMetadata().getUid().equals(key.uid()))
                .filter(one -> StatusJson.of(one).phase() == Phase.Running)
                .filter(one -> workload.equals(workload(one)))
                .findFirst()
                .map(one -> ExperimentKey.of(one).toString())
                .orElse(null);
    }

    /** The workload that the spec names. It is read from the spec because the status has it only in words for people. */
    private @Nullable Workload workload(RebindExperiment experiment) {
        String namespace = experiment.getMetadata().getNamespace();
        JsonNode spec = experiment.getSpec();
        JsonNode named = spec == null ? null : spec.path("target").get("workloadRef");
        if (named != null && !named.isNull()) {
            return new Workload(
                    namespace, named.path("kind").asText(), named.path("name").asText());
        }
        WorkloadId server = chart.apply(namespace);
        return server == null ? null : Workload.of(namespace, server);
    }
}
