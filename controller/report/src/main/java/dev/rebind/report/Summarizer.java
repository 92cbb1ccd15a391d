package dev.rebind.report;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.CycleRecord.Outcome;
import dev.rebind.record.CycleRecord.Verdict;
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

/** Adds up the records of a run, one after the other. Not safe for several threads. */
public final class Summarizer {
    /** How far a release may lie outside its window and still count as in it: how finely it is looked for. */
    private static final double LOOK_MS = 2;

    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    private static final class Tally {
        private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
        private final Map<String, Integer> causes = new TreeMap<>();
        private final Map<String, Integer> errnos = new TreeMap<>();
        private final DoubleStream.Builder downtimes = DoubleStream.builder();
        private final DoubleStream.Builder errors = DoubleStream.builder();
        private int cycles;
        private int bound;
        private int failed;
        private int held;
        private int missed;
        private int unclear;
        private int early;
    }

    public void add(CycleRecord record) {
        Tally tally = tallies.computeIfAbsent(record.experiment(), _ -> new Tally());
        tally.cycles++;
        tally.verdicts.merge(record.verdict(), 1, Integer::sum);
        if (record.outcome() == Outcome.bound) {
            tally.bound++;
        } else if (record.outcome() == Outcome.failed) {
            tally.failed++;
            tally.causes.merge(
                    record.cause() == null ? "unknown" : record.cause().name(), 1, Integer::sum);
            tally.errnos.merge(record.errno() == null ? "unknown" : record.errno(), 1, Integer::sum);
        }
        if (record.downtimeMs() != null) {
            tally.downtimes.add(record.downtimeMs());
        }
        if (record.release() != null) {
            add(
                    tally,
                    record.release(),
                    record.release().endedEarlyMs(record.blocking()).isPresent());
        }
    }

    private static void add(Tally tally, CycleRecord.Release release, boolean endedEarly) {
        Double actual = release.actualMs();
        if (actual == null) {
            return;
        }
        if (release.predictedMs() != null) {
            tally.errors.add(Math.abs(actual - release.predictedMs()));
        }
        if (release.earliestMs() != null && release.latestMs() != null) {
            double earliest = release.earliestMs() - LOOK_MS;
            double latest = release.latestMs() + LOOK_MS;
            Double still = release.lastFailedMs();
            if (endedEarly) {
                tally.early++;
            } else if (actual < earliest || (still != null && still > latest)) {
                tally.missed++;
            } else if (still != null && still >= earliest && actual <= latest) {
                tally.held++;
            } else {
                tally.unclear++;
            }
        }
    }

    /** @param torn what is wrong with the end of the records' file, when they were read from one */
    public Summary summarize(Run run, Optional<String> torn) {
        var experiments = new ArrayList<ExperimentSummary>();
        var left = new LinkedHashMap<>(tallies);
        for (Run.Subject subject : run.experiments()) {
            Tally tally = left.remove(subject.name());
            experiments.add(experiment(subject, tally == null ? new Tally() : tally));
        }
        left.forEach((name, tally) -> experiments.add(experiment(new Run.Subject(name, null, null, "", null), tally)));
        Verdict verdict = Verdict.Pass;
        int cycles = 0;
        boolean failed = false;
        for (ExperimentSummary experiment : experiments) {
            verdict = graver(verdict, experiment.verdict());
            cycles += experiment.cycles();
            failed |= experiment.verdicts().containsKey(Verdict.Fail);
        }
        if (run.interrupted() || experiments.isEmpty()) {
            verdict = graver(verdict, Verdict.Inconclusive);
        }
        return new Summary(
                verdict,
                failed ? 1 : verdict == Verdict.Pass ? 0 : 3,
                run.interrupted(),
                run.startedAt(),
                run.endedAt(),
                cycles,
                experiments,
                torn.orElse(null),
                run.machine());
    }

    private static ExperimentSummary experiment(Run.Subject subject, Tally tally) {
        Verdict verdict = Verdict.Pass;
        for (Verdict seen : tally.verdicts.keySet()) {
            verdict = graver(verdict, seen);
        }
        Integer planned = subject.planned();
        if (tally.cycles == 0 || (planned != null && tally.cycles < planned)) {
            verdict = graver(verdict, Verdict.Inconclusive);
        }
        return new ExperimentSummary(
                subject.name(),
                subject.description(),
                subject.file(),
                verdict,
                planned,
                tally.cycles,
                tally.verdicts,
                tally.bound,
                tally.failed,
                tally.cycles - tally.bound - tally.failed,
                tally.causes,
                tally.errnos,
                Distribution.of(tally.downtimes.build().toArray()),
                Distribution.of(tally.errors.build().toArray()),
                windows(tally));
    }

    private static @Nullable Windows windows(Tally tally) {
        return tally.held + tally.missed + tally.unclear + tally.early == 0
                ? null
                : new Windows(tally.held, tally.missed, tally.unclear, tally.early);
    }

    private static final List<Verdict> BY_GRAVITY =
            List.of(Verdict.Pass, Verdict.Inconclusive, Verdict.Fail, Verdict.Error);

    private static Verdict graver(Verdict one, Verdict other) {
        return BY_GRAVITY.indexOf(one) >= BY_GRAVITY.indexOf(other) ? one : other;
    }
}
