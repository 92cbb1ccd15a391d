package dev.rebind.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.experiment.value.Range;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.RequestTotals;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The status of an experiment. Times are in the format of RFC 3339. A null means that the fact is not known yet.
 *
 * @param phase the progress of the experiment; the verdict is its result
 * @param records the last records; the controller keeps all records in a file
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ExperimentStatus(
        @JsonPropertyDescription("Generation of the spec that this status is about.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Phase of the experiment.") Phase phase,

        @JsonPropertyDescription("Verdict, set when the experiment is over.") @Nullable
        Verdict verdict,

        @JsonPropertyDescription("Conditions, in the standard form.")
        List<Condition> conditions,

        @JsonPropertyDescription("Cycles counted.") Counts cycles,

        @JsonPropertyDescription(
                "The clients' requests of all cycles, each from its order to stop until the clients were served again; absent where they sent none.")
        @Nullable
        RequestTotals requests,

        @JsonPropertyDescription("The restarted target: pod, node and network.") @Nullable
        String target,

        @JsonPropertyDescription("Restart mode.") @Nullable String mode,

        @JsonPropertyDescription("SO_REUSEADDR of the old and the new generation in the last cycle.") @Nullable
        String reuse,

        @JsonPropertyDescription("The last cycle in a sentence.") @Nullable
        String lastCycle,

        @JsonPropertyDescription("Highest number given to a generation of the server.") @Range(min = 0) @Nullable
        Integer generations,

        @JsonPropertyDescription("Name of the controller that runs the experiment.") @Nullable
        String controller,

        @JsonPropertyDescription("Start time of the experiment.") @Nullable
        String startedAt,

        @JsonPropertyDescription("End time of the experiment.") @Nullable
        String completedAt,

        @JsonPropertyDescription("The last records; the controller keeps all.")
        List<CycleRecord> records,

        @JsonPropertyDescription(
                "Value of the toggle's key before this experiment changed it; absent while the key has its own value.")
        @Nullable
        Toggled toggled,

        @JsonPropertyDescription("What the experiment would do, as spec.dryRun found.") @Nullable
        String plan,

        @JsonPropertyDescription(
                "How long the target's server did not listen while the target was given back, in ms, all in all; absent before it was.")
        @Range(min = 0)
        @Nullable
        Long restoringMs) {

    /** The number of records that a status holds at most. */
    public static final int RECORDS = 20;

    /** The status of an experiment that no controller has seen yet. */
    public static final ExperimentStatus NEW = new ExperimentStatus(
            null,
            Phase.Pending,
            null,
            List.of(),
            Counts.NONE,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            null,
            null);

    /**
     * The value that a toggle's key had before this experiment changed it.
     *
     * @param value null if the key did not exist
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Toggled(
            @JsonPropertyDescription("Name of the ConfigMap.")
            String configMap,

            @JsonPropertyDescription("The key.") String key,

            @JsonPropertyDescription("Former value; absent if the key did not exist.") @Nullable
            String value) {}

    /** The {@link Totals} of cycles in the form of a status. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Counts(
            @JsonPropertyDescription("Cycles that have a record.") @Range(min = 0)
            int done,

            @JsonPropertyDescription("Cycles whose first bind succeeded.") @Range(min = 0)
            int bound,

            @JsonPropertyDescription("Cycles whose first bind failed.") @Range(min = 0)
            int failed,

            @JsonPropertyDescription("Failed binds by cause.")
            Map<String, Integer> failedByCause,

            @JsonPropertyDescription("Cycles with verdict Fail.") @Range(min = 0)
            int verdictFail,

            @JsonPropertyDescription("Cycles with verdict Inconclusive.") @Range(min = 0)
            int inconclusive,

            @JsonPropertyDescription("Cycles with verdict Error.") @Range(min = 0)
            int error) {
        public static final Counts NONE = new Counts(0, 0, 0, Map.of(), 0, 0, 0);

        public Counts {
            failedByCause = failedByCause == null ? Map.of() : Map.copyOf(failedByCause);
        }

        public static Counts of(Totals totals) {
            return new Counts(
                    totals.cycles(),
                    totals.bound(),
                    totals.failed(),
                    totals.failedByCause(),
                    totals.count(Verdict.Fail),
                    totals.count(Verdict.Inconclusive),
                    totals.count(Verdict.Error));
        }

        /** Converts the counts back to totals. The numbers may not add up if another program wrote the status. */
        Totals totals(RequestTotals requests) {
            Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
            verdicts.put(Verdict.Fail, verdictFail);
            verdicts.put(Verdict.Inconclusive, inconclusive);
            verdicts.put(Verdict.Error, error);
            verdicts.put(Verdict.Pass, done - verdictFail - inconclusive - error);
            verdicts.values().removeIf(count -> count <= 0);
            return new Totals(done, bound, failed, failedByCause, verdicts, requests);
        }
    }

    /** A condition in the standard form of Kubernetes, {@code metav1.Condition}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Condition(
            @JsonPropertyDescription("Accepted, TargetReady, Running, Paused, Restored or Passed.")
            String type,

            @JsonPropertyDescription("True, False or Unknown.")
            Truth status,

            @JsonPropertyDescription("Generation of the spec that the condition is about.") @Nullable
            Long observedGeneration,

            @JsonPropertyDescription("When the status last changed.")
            String lastTransitionTime,

            @JsonPropertyDescription("One word for programs.")
            String reason,

            @JsonPropertyDescription("A sentence for people.")
            String message) {}

    public enum Truth {
        True,
        False,
        Unknown
    }

    /** Returns the totals of the counted cycles. */
    public Totals totals() {
        return cycles.totals(requests == null ? RequestTotals.NONE : requests);
    }

    /**
     * Returns the verdict that the experiment gets if it ends now, in this phase.
     *
     * @param planned the number of planned cycles; null if a duration limits the experiment
     */
    public Verdict verdict(@Nullable Integer planned, Phase end) {
        return totals().verdict(planned, end);
    }

    public ExperimentStatus {
        phase = phase == null ? Phase.Pending : phase;
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        cycles = cycles == null ? Counts.NONE : cycles;
        records = records == null ? List.of() : List.copyOf(records);
    }
}
