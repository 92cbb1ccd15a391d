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
 * Remembers which experiment holds which workload without an agent. This controller's memory is enough, because the
 * leader election lets only one controller work at a time. Safe for several threads.
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
     * @param experiments returns all experiments of a namespace
     * @param chart returns the chart's only server in a namespace, which is the target if a spec names no workload;
     *     null if there is not exactly one
     */
    WorkloadHolds(Function<String, List<RebindExperiment>> experiments, Function<String, @Nullable WorkloadId> chart) {
        this.experiments = experiments;
        this.chart = chart;
    }

    /**
     * Returns the holds of one experiment. An experiment that has begun takes precedence over one that has not, even if
     * another controller began it.
     */
    Holds of(RebindExperiment resource) {
        ExperimentKey key = ExperimentKey.of(resource);
        boolean begun = StatusJson.of(resource).startedAt() != null;
        return new Holds() {
            private @Nullable Workload held;

            @Override
            public @Nullable String take(TargetPod target) {
                Workload workload = Workload.of(target.namespace(), target.workload());
                // Each waiting experiment asks every few seconds. This check spares the API server a list of all
                // experiments each time.
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

    /**
     * Returns another experiment that has begun on the workload and is neither paused nor over; null if there is none.
     */
    private @Nullable String begunOn(Workload workload, ExperimentKey key) {
        return experiments.apply(workload.namespace()).stream()
                .filter(one -> !one.getMetadata().getUid().equals(key.uid()))
                .filter(one -> StatusJson.of(one).phase() == Phase.Running)
                .filter(one -> workload.equals(workload(one)))
                .findFirst()
                .map(one -> ExperimentKey.of(one).toString())
                .orElse(null);
    }

    /**
     * Returns the workload that the spec names, or the chart's server. The status cannot tell it, because it describes
     * the target only in words for people.
     */
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
