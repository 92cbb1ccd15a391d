package dev.rebind.kubernetes.run;

import dev.rebind.kubernetes.target.Ground;
import dev.rebind.live.Changes;
import dev.rebind.live.Views;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run does at the moment, for who watches. Written by the run's thread, read by any. */
public final class UnderWay {
    private final Changes changes;
    private volatile @Nullable Ground ground;
    private volatile Views.@Nullable Step step;

    UnderWay(Changes changes) {
        this.changes = changes;
    }

    /** Its target is held from now on; null: no more. */
    void on(@Nullable Ground held) {
        ground = held;
        step = null;
        changes.happened();
    }

    void step(int cycle, String what) {
        step = new Views.Step(cycle, what, Instant.now());
        changes.happened();
    }

    /** The cycle is over, and its record is stored. */
    void between() {
        step = null;
        changes.happened();
    }

    /** The target while it is held. */
    public @Nullable Ground ground() {
        return ground;
    }

    public List<Views.Step> steps() {
        Views.Step now = step;
        return now == null ? List.of() : List.of(now);
    }
}
