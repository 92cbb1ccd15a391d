package dev.rebind.operator.run;

import dev.rebind.live.ChangeSignal;
import dev.rebind.live.Views;
import dev.rebind.operator.workload.TargetSession;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** What a run does at the moment, for who watches. Written by the threads of the run, read by any. */
public final class RunProgress {
    private final ChangeSignal changes;
    private volatile @Nullable TargetSession session;
    /** By the numbers of their cycles. */
    private final ConcurrentSkipListMap<Integer, Views.Step> steps = new ConcurrentSkipListMap<>();

    RunProgress(ChangeSignal changes) {
        this.changes = changes;
    }

    /** Its target is held from now on; null: no more. */
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
