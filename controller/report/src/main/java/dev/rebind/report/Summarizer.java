package dev.rebind.report;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.AuditTruth;
import dev.rebind.record.Comeback;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Phase;
import dev.rebind.record.Totals;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.report.Summary.ComesBack;
import dev.rebind.report.Summary.ExperimentSummary;
import dev.rebind.report.Summary.Windows;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Adds up the records of a run, one after the other. Not safe for use by several threads. */
public final class Summarizer {
    /**
     * A release counts as inside its window if it lies at most this far outside. This is the precision with which a release is observed.
     */
    private static final double LOOK_MS = 2;

    private final Map<String, Figures> figures = new LinkedHashMap<>();

    /** The figures of one experiment: its totals, and the values that only a summary has. */
    private static final class Figures {
        private Totals totals = Totals.NONE;
        private final Map<String, Integer> errnos = new TreeMap<>();
        private final DoubleStream.Builder restarts = DoubleStream.builder();
        private final DoubleStream.Builder downtimes = DoubleStream.builder();
        private final DoubleStream.Builder downtimesInAll = DoubleStream.builder();
        private final DoubleStream.Builder errors = DoubleStream.builder();
        private int held;
        private int missed;
        private int unclear;
        private int early;
        private @Nullable CycleRecord worst;
        private final Map<AuditTruth, Integer> audits = new EnumMap<>(AuditTruth.class);
    }

    public void add(CycleRecord record) {
        Figures of = figures.computeIfAbsent(record.experiment(), _ -> new Figures());
        of.totals = of.totals.plus(record);
        if (record.outcome() == Outcome.failed) {
            of.errnos.merge(record.errno() == null ? "unknown" : record.errno(), 1, Integer::sum);
        }
        record.stopToBound().ifPresent(took -> of.restarts.add(took.toNanos() / 1e6));
        if (record.downtimeMs() != null) {
            of.downtimes.add(record.downtimeMs());
        }
        if (record.downtimeTotalMs() != null) {
            of.downtimesInAll.add(record.downtimeTotalMs());
        }
        if (record.program() != null) {
            of.audits.merge(AuditTruth.of(record), 1, Integer::sum);
            of.worst = of.worst == null ? record : Comeback.worst(List.of(of.worst, record));
        }
        if (record.release() != null) {
            add(
                    of,
                    record.release(),
                    record.release().endedEarlyMs(record.blocking()).isPresent());
        }
    }

    private static void add(Figures of, ReleaseTimes release, boolean endedEarly) {
        Double actual = release.actualMs();
        if (actual == null) {
            return;
        }
        if (release.predictedMs() != null) {
            of.errors.add(Math.abs(actual - release.predictedMs()));
        }
        if (release.earliestMs() != null && release.latestMs() != null) {
            double earliest = release.earliestMs() - LOOK_MS;
            double latest = release.latestMs() + LOOK_MS;
            Double still = release.lastFailedMs();
            if (endedEarly) {
                of.early++;
            } else if (actual < earliest || (still != null && still > latest)) {
                of.missed++;
            } else if (still != null && still >= earliest && actual <= latest) {
                of.held++;
            } else {
                of.unclear++;
            }
        }
    }

    /**
     * Makes the summary of all records added so far.
     *
     * @param torn what is wrong with the end of the record file, where the records come from a file
     */
    public Summary summarize(Run run, Optional<String> torn) {
        var experiments = new ArrayList<ExperimentSummary>();
        var left = new LinkedHashMap<>(figures);
        for (Run.Subject subject : run.experiments()) {
            Figures of = left.remove(subject.name());
            experiments.add(experiment(subject, of == null ? new Figures() : of));
        }
        left.forEach((name, of) ->
                experiments.add(experiment(new Run.Subject(name, null, null, "", null, Phase.Completed), of)));
        Verdict verdict = run.interrupted() || experiments.isEmpty() ? Verdict.Inconclusive : Verdict.Pass;
        int cycles = 0;
        for (ExperimentSummary experiment : experiments) {
            verdict = verdict.graver(experiment.verdict());
            cycles += experiment.cycles();
        }
        return new Summary(
                verdict,
                verdict.exitCode(),
                run.interrupted(),
                run.startedAt(),
                run.endedAt(),
                cycles,
                experiments,
                torn.orElse(null),
                run.machine());
    }

    private static ExperimentSummary experiment(Run.Subject subject, Figures of) {
        Totals totals = of.totals;
        return new ExperimentSummary(
                subject.name(),
                subject.description(),
                subject.file(),
                subject.command(),
                totals.verdict(subject.planned(), subject.phase()),
                subject.planned(),
                totals.cycles(),
                totals.verdicts(),
                totals.bound(),
                totals.failed(),
                totals.withoutBind(),
                totals.failedByCause(),
                of.errnos,
                totals.requests().orNull(),
                Distribution.of(of.restarts.build().toArray()),
                Distribution.of(of.downtimes.build().toArray()),
                Distribution.of(of.downtimesInAll.build().toArray()),
                Distribution.of(of.errors.build().toArray()),
                windows(of),
                of.worst == null ? null : ComesBack.of(of.worst, of.audits));
    }

    private static @Nullable Windows windows(Figures of) {
        return of.held + of.missed + of.unclear + of.early == 0
                ? null
                : new Windows(of.held, of.missed, of.unclear, of.early);
    }
}
