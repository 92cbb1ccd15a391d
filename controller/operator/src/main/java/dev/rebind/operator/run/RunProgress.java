package dev.rebind.operator.run;

import dev.rebind.live.ChangeSignal;
import dev.rebind.live.Views;
import dev.rebind.operator.workload.TargetSession;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The present activity of a run, for observers. The threads of the run write it, and any thread may read it. */
public final class RunProgress {
    private final ChangeSignal changes;
    private volatile @Nullable TargetSession session;
    /** By cycle number. */
    private final ConcurrentSkipListMap<Integer, Views.Step> steps = new ConcurrentSkipListMap<>();

    RunProgress(ChangeSignal changes) {
        this.changes = changes;
    }

    /** The held target from now on; null: none. */
    void on(@Nullable TargetSession held) {
        session = held;
        steps.clear();
        changes.happened();
    }

    void step(int cycle, String what) {
        steps.put(cycle, new Views.Step(cycle, what, Instant.now()));
        changes.happened();
    }

    /** The cycles are over, and their records are stored. */
    void between() {
        steps.clear();
        changes.happened();
    }

    /** The target while it is held; of several the first. */
    public @Nullable TargetSession ground() {
        return session;
    }

    public List<Views.Step> steps() {
        return List.copyOf(steps.values());
    }
}
