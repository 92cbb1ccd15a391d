package dev.rebind.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.rebind.diagnosis.Cause;
import dev.rebind.record.AuditTruth;
import dev.rebind.record.Comeback;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.RequestTotals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a run: {@code summary.json}.
 *
 * <p>The verdict of an experiment comes from {@link dev.rebind.record.Totals#verdict}. The verdict of the run is the gravest verdict of its
 * experiments, and at least Inconclusive where the run was interrupted.
 *
 * @param exitCode exit code of the program, which follows from the verdict: 0 when every cycle passed; 1 when any cycle failed, whatever
 * the others did; 3 when no cycle failed but something is Inconclusive or an Error
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Summary(
        Verdict verdict,
        int exitCode,
        boolean interrupted,
        Instant startedAt,
        Instant endedAt,
        int cycles,
        List<ExperimentSummary> experiments,

        @JsonPropertyDescription("Lines of cycles.jsonl that could not be read.") @Nullable
        String torn,

        @JsonPropertyDescription("Absent where it is not known.") @Nullable
        Machine machine) {
    public Summary {
        experiments = List.copyOf(experiments);
    }

    /**
     * The figures of one experiment.
     *
     * @param command null where the experiment starts no command
     * @param bound cycles whose first bind succeeded
     * @param failed cycles whose first bind failed
     * @param withoutBind cycles that ended before a bind
     * @param failedByErrno failed cycles by errno; "unknown" where the errno could not be told
     * @param stopToBoundMs time from the order to stop until the new generation was bound
     * @param downtimeMs the longest time without service in each cycle, as clients saw it
     * @param downtimeTotalMs all times without service of each cycle, added up
     * @param comesBack the result of the gravest cycle; null where the experiment starts no command, or no cycle was run
     * @param requests totals of the clients' requests; null where they sent none
     * @param predictionErrorMs absolute difference between the predicted release and the moment when the port was bound. It contains the
     * error of the prediction and the delay that the retries and the scheduler added
     * @param releaseWindows releases that a cycle waited for and that had a window, by whether they fell into it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ExperimentSummary(
            String name,
            @Nullable String description,
            @Nullable String file,
            @Nullable CommandTarget command,
            Verdict verdict,
            @Nullable Integer planned,
            int cycles,
            Map<Verdict, Integer> verdicts,
            int bound,
            int failed,
            int withoutBind,
            Map<String, Integer> failedByCause,
            Map<String, Integer> failedByErrno,
            @Nullable RequestTotals requests,
            @Nullable Distribution stopToBoundMs,
            @Nullable Distribution downtimeMs,
            @Nullable Distribution downtimeTotalMs,
            @Nullable Distribution predictionErrorMs,
            @Nullable Windows releaseWindows,
            @Nullable ComesBack comesBack) {
        private ExperimentSummary judged(Verdict other) {
            return new ExperimentSummary(
                    name,
                    description,
                    file,
                    command,
                    other,
                    planned,
                    cycles,
                    verdicts,
                    bound,
                    failed,
                    withoutBind,
                    failedByCause,
                    failedByErrno,
                    requests,
                    stopToBoundMs,
                    downtimeMs,
                    downtimeTotalMs,
                    predictionErrorMs,
                    releaseWindows,
                    comesBack);
        }
    }

    /**
     * Returns a copy with another verdict. It is for a summary of one experiment whose verdict is known from elsewhere because some records
     * are missing.
     */
    public Summary judged(Verdict other) {
        return new Summary(
                other,
                other.exitCode(),
                interrupted,
                startedAt,
                endedAt,
                cycles,
                experiments.stream().map(one -> one.judged(other)).toList(),
                torn,
                machine);
    }

    /** The command and place that all experiments share; empty where there is no command, or more than one. */
    public Optional<CommandTarget> command() {
        Set<Optional<CommandTarget>> commands = experiments.stream()
                .map(one -> Optional.ofNullable(one.command()))
                .collect(Collectors.toSet());
        return commands.size() == 1 ? commands.iterator().next() : Optional.empty();
    }

    /**
     * How many releases fell into their predicted window. The release of a port lies between the last bind that failed and the bind that
     * succeeded.
     *
     * @param held releases whose whole interval lies in the window
     * @param missed releases whose whole interval lies outside the window
     * @param unclear releases whose interval lies partly in the window, or whose last failure is not known
     * @param early releases outside the window because the sockets ended before their timers, see {@link
     * dev.rebind.record.bind.ReleaseTimes#endedEarlyMs}
     */
    public record Windows(int held, int missed, int unclear, int early) {}

    /**
     * Whether a server that a command started comes back, as {@code rebind check} reports it.
     *
     * @param afterMs time from the order to stop until the server was bound, where it had to wait
     * @param cause why the bind failed, where it failed and the cause is known
     * @param exitCode exit code of the new run, where it ended again
     * @param audit how many cycles did what an audit had foretold right before the stop, and how many did not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ComesBack(
            Answer answer,
            @Nullable Double afterMs,
            @Nullable Cause cause,
            @Nullable Integer exitCode,
            Map<AuditTruth, Integer> audit) {
        public enum Answer {
            at_once,
            after_a_wait,
            does_not_come_back,
            does_not_serve,
            ends_again,
            beside_the_old_one,
            not_beside_it,
            not_known
        }

        static ComesBack of(CycleRecord record, Map<AuditTruth, Integer> audit) {
            Comeback comeback = Comeback.of(record);
            return switch (comeback) {
                case Comeback.AtOnce _ -> new ComesBack(Answer.at_once, null, null, null, audit);
                case Comeback.After(Duration after) ->
                    new ComesBack(Answer.after_a_wait, after.toNanos() / 1e6, record.cause(), null, audit);
                case Comeback.Never _ -> new ComesBack(Answer.does_not_come_back, null, record.cause(), null, audit);
                case Comeback.Unserved _ -> new ComesBack(Answer.does_not_serve, null, record.cause(), null, audit);
                case Comeback.EndedAgain(Comeback _, int exitCode) ->
                    new ComesBack(Answer.ends_again, null, record.cause(), exitCode, audit);
                case Comeback.Beside _ -> new ComesBack(Answer.beside_the_old_one, null, null, null, audit);
                case Comeback.NotBeside _ -> new ComesBack(Answer.not_beside_it, null, record.cause(), null, audit);
                case Comeback.NotKnown _ -> new ComesBack(Answer.not_known, null, record.cause(), null, audit);
            };
        }
    }
}
