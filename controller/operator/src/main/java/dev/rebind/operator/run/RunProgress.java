package dev.rebind.operator.run;

import dev.rebind.live.ApiJson;
import dev.rebind.live.ChangeSignal;
import dev.rebind.operator.workload.TargetSession;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** The present activity of a run, for observers. The threads of the run write it, and any thread may read it. */
public final class RunProgress {
    private final ChangeSignal changes;
    private volatile List<TargetSession> targets = List.of();
    /** The present step of each running cycle, by cycle number. */
    private final ConcurrentSkipListMap<Integer, ApiJson.Step> steps = new ConcurrentSkipListMap<>();

    RunProgress(ChangeSignal changes) {
        this.changes = changes;
    }

    /** Sets the held targets; empty if there are none. */
    void on(List<TargetSession> held) {
        targets = List.copyOf(held);
        steps.clear();
        changes.happened();
    }

    void step(int cycle, String what) {
        steps.put(cycle, new ApiJson.Step(cycle, what, Instant.now()));
        changes.happened();
    }

    /** Removes the steps, because a cycle is over and its record is stored. */
    void between() {
        steps.clear();
        changes.happened();
    }

    /** The held targets, one for each pod; empty while none is held. */
    public List<TargetSession> targets() {
        return targets;
    }

    public List<ApiJson.Step> steps() {
        return List.copyOf(steps.values());
    }
}
