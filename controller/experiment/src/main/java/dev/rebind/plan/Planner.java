package dev.rebind.plan;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.Step;
import dev.rebind.experiment.StepOverlay;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.restart.ReuseAddress;
import dev.rebind.experiment.restart.ReusePair;
import dev.rebind.plan.Plan.Length;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes the plan of an experiment. */
public final class Planner {
    /**
     * The four pairs as a closed walk: off to off, off to on, on to on, on to off. The new generation of each cycle is the old one of the
     * next, so the whole walk can use one place.
     */
    private static final List<Boolean> MATRIX = List.of(false, false, true, true);

    private Planner() {}

    /** @param experiment an experiment without findings of the rules */
    public static Plan plan(Experiment experiment) {
        ExperimentSpec spec = experiment.spec();
        if (spec.truthTable() != null) {
            return new Plan.Cells(experiment, TruthTableCells.of(spec.truthTable()));
        }
        if (spec.cells() != null) {
            return new Plan.Cells(experiment, UserCells.of(spec.cells()));
        }
        OnFailure onFailure = onFailure(spec);
        List<PlannedCycle> pattern = pattern(spec, onFailure, null);
        return new Plan.Cycles(
                experiment, places(onFailure), spec.parallel() == null ? 1 : spec.parallel(), length(spec), pattern);
    }

    private static OnFailure onFailure(ExperimentSpec spec) {
        if (spec.onFailure() != null) {
            return spec.onFailure();
        }
        return spec.steps() == null ? OnFailure.wait : OnFailure.move;
    }

    private static Places places(OnFailure onFailure) {
        return switch (onFailure) {
            case wait, clear -> Places.shared;
            case move -> Places.own;
        };
    }

    private static Length length(ExperimentSpec spec) {
        if (spec.duration() != null) {
            return new Length.For(spec.duration());
        }
        if (spec.cycles() != null) {
            return new Length.Count(spec.cycles());
        }
        if (spec.steps() != null) {
            return new Length.Count(spec.steps().size());
        }
        ReuseAddress reuse = spec.reuseAddress();
        if (reuse != null && reuse.sequence() != null) {
            return new Length.Count(reuse.sequence().size() - 1);
        }
        return new Length.Count(isMatrix(reuse) ? MATRIX.size() : 1);
    }

    /**
     * Returns the cycles of one copy.
     *
     * @param spoken what clients use where the experiment does not say it; null for Rebind's own protocol
     */
    static List<PlannedCycle> pattern(ExperimentSpec spec, @Nullable TargetProtocol spoken) {
        return pattern(spec, onFailure(spec), spoken);
    }

    private static List<PlannedCycle> pattern(
            ExperimentSpec spec, OnFailure onFailure, @Nullable TargetProtocol spoken) {
        if (spec.steps() == null) {
            return pairs(spec.reuseAddress()).stream()
                    .map(pair -> Defaults.cycle(null, spec, pair, onFailure, spoken))
                    .toList();
        }
        var cycles = new ArrayList<PlannedCycle>();
        for (Step step : spec.steps()) {
            ExperimentSpec own = StepOverlay.lay(step, spec);
            ReusePair pair = step.reuseAddress() != null
                    ? step.reuseAddress()
                    : pairs(own.reuseAddress()).getFirst();
            cycles.add(Defaults.cycle(step.name(), own, pair, onFailure, spoken));
        }
        return cycles;
    }

    /** The old and new value of each cycle, until the values repeat. */
    private static List<ReusePair> pairs(@Nullable ReuseAddress reuse) {
        if (reuse != null && reuse.sequence() != null) {
            return around(reuse.sequence());
        }
        if (isMatrix(reuse)) {
            return around(MATRIX);
        }
        boolean value = reuse != null && Boolean.TRUE.equals(reuse.value());
        return List.of(new ReusePair(value, value));
    }

    private static List<ReusePair> around(List<Boolean> generations) {
        return IntStream.range(0, generations.size())
                .mapToObj(i -> new ReusePair(generations.get(i), generations.get((i + 1) % generations.size())))
                .toList();
    }

    private static boolean isMatrix(@Nullable ReuseAddress reuse) {
        return reuse != null && Boolean.TRUE.equals(reuse.matrix());
    }
}
