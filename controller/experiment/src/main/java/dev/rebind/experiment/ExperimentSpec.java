package dev.rebind.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.cells.Cell;
import dev.rebind.experiment.cells.TruthTable;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.restart.Obstacle;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.restart.Restart;
import dev.rebind.experiment.restart.Retry;
import dev.rebind.experiment.restart.ReuseAddress;
import dev.rebind.experiment.server.Target;
import dev.rebind.experiment.value.GoDuration;
import dev.rebind.experiment.value.Range;
import dev.rebind.experiment.workload.Restore;
import dev.rebind.experiment.workload.Selection;
import dev.rebind.experiment.workload.Toggle;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to restart, how, how often, with which clients, and what is expected. A null is a field that was not written; {@code
 * dev.rebind.plan} fills in the defaults. The descriptions here become the reference, the editors' schema and the schema of the Kubernetes
 * resource. Each names its default after "Default:", up to the next full stop.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExperimentSpec(
        @JsonPropertyDescription("One or two sentences for people: what the experiment shows.") @Nullable
        String description,

        @JsonPropertyDescription("What is restarted.") @Nullable
        Target target,

        @JsonPropertyDescription("How it is restarted.") @Nullable
        Restart restart,

        @JsonPropertyDescription(
                "Number of restarts; in the lab with parallel, of each copy. Not together with duration. Default: 1, or what reuseAddress asks for.")
        @Range(min = 1, max = 1_000_000)
        @Nullable
        Integer cycles,

        @JsonPropertyDescription(
                "Restart until this much time has passed; a cycle that has begun finishes. Not together with cycles.")
        @GoDuration.Text
        @Nullable
        Duration duration,

        @JsonPropertyDescription(
                "Lab only: number of copies of the cycles that run at the same time, each on a port of its own. Default: 1.")
        @Range(min = 1, max = 100)
        @Nullable
        Integer parallel,

        @JsonPropertyDescription(
                "SO_REUSEADDR of each generation: one of value, sequence and matrix. Default: value: false.")
        @Nullable
        ReuseAddress reuseAddress,

        @JsonPropertyDescription(
                "Kubernetes only, modes container, pod and rollout: how a new container learns the value of SO_REUSEADDR. Default: the way of the chart's own server; the value of another workload is not changed.")
        @Nullable
        Toggle toggle,

        @JsonPropertyDescription(
                "Kubernetes only, modes container, pod and rollout: when the last container has the former value of a toggle again. next-start: when it is started next, whoever starts it; nothing is restarted for it. now: it is restarted for it, which takes the server away once more. In both cases the key of the ConfigMap has that value at once. Default: next-start.")
        @Nullable
        Restore restore,

        @JsonPropertyDescription("Who uses the server while it is restarted.") @Nullable
        Clients clients,

        @JsonPropertyDescription("How a failed bind is retried with onFailure: wait.") @Nullable
        Retry retry,

        @JsonPropertyDescription(
                "What happens after a failed bind: wait (retry until bound), move (the next cycle uses another port), clear (destroy the leftovers with SOCK_DESTROY when the record is complete; needs CAP_NET_ADMIN). Default: wait; move with steps.")
        @Nullable
        OnFailure onFailure,

        @JsonPropertyDescription("Lab only: what else is put on the port before the new generation starts.") @Nullable
        Obstacle obstacle,

        @JsonPropertyDescription(
                "Lab only: one cycle for each entry, each on a port of its own; an entry replaces the experiment's values field by field (expect and obstacle as a whole).")
        @Nullable
        List<Step> steps,

        @JsonPropertyDescription("Lab only: pairs of bare sockets instead of a server; one cycle for each.") @Nullable
        List<Cell> cells,

        @JsonPropertyDescription("Lab only: the kernel's truth table with bare sockets; one cycle for each cell.")
        @Nullable
        TruthTable truthTable,

        @JsonPropertyDescription("Expected result of each cycle. Default: outcome bound.") @Nullable
        Expect expect,

        @JsonPropertyDescription(
                "Kubernetes only: true pauses after the running cycle and restores the target until it is false again. Default: false.")
        @Nullable
        Boolean suspend,

        @JsonPropertyDescription(
                "Kubernetes only: true ends the experiment after the running cycle and restores the target. Default: false.")
        @Nullable
        Boolean terminate,

        @JsonPropertyDescription(
                "Kubernetes only: delete the experiment this many seconds after its end. Default: never.")
        @Range(min = 0)
        @Nullable
        Integer ttlSecondsAfterFinished,

        @JsonPropertyDescription(
                "Kubernetes only: give up if the experiment cannot start within this many seconds. Default: no limit.")
        @Range(min = 1)
        @Nullable
        Integer startingDeadlineSeconds,

        @JsonPropertyDescription(
                "Kubernetes only: end the experiment and restore the target when a pod has been without a bound server for this many seconds. Default: no limit.")
        @Range(min = 1)
        @Nullable
        Integer maxUnavailableSeconds,

        @JsonPropertyDescription(
                "Kubernetes only: find the target, write the plan into the status, and touch nothing. Default: false.")
        @Nullable
        Boolean dryRun,

        @JsonPropertyDescription(
                "Kubernetes only: which pods of a workload with several pods, in the order of their names. Default: a workload with several pods is refused.")
        @Nullable
        Selection selection,

        @JsonPropertyDescription(
                "Kubernetes only: how many of the selected pods are restarted at the same time; each round runs one cycle on each pod. Default: 1.")
        @Range(min = 1, max = 100)
        @Nullable
        Integer concurrency) {

    /** Whether the user wants the experiment to pause. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean suspended() {
        return Boolean.TRUE.equals(suspend);
    }

    /** Whether the user wants the experiment to end early. */
    @com.fasterxml.jackson.annotation.JsonIgnore
    public boolean terminated() {
        return Boolean.TRUE.equals(terminate);
    }
}
