package dev.rebind.operator.run;

import dev.rebind.live.Changes;
import dev.rebind.live.Views;
import dev.rebind.operator.workload.Ground;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** What a run does at the moment, for who watches. Written by the threads of the run, read by any. */
public final class UnderWay {
    private final Changes changes;
    private volatile @Nullable Ground ground;
    /** By the numbers of their cycles. */
    private final ConcurrentSkipListMap<Integer, Views.Step> steps = new ConcurrentSkipListMap<>();

    UnderWay(Changes changes) {
        this.changes = changes;
    }

    /** Its target is held from now on; null: no more. */
    void on(@Nullable Ground held) {
        ground = held;
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
    public @Nullable Ground ground() {
        return ground;
    }

    public List<Views.Step> steps() {
        return List.copyOf(steps.values());
    }
}
