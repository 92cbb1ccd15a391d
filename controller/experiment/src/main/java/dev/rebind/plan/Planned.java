package dev.rebind.plan;

import org.jspecify.annotations.Nullable;

/** One cycle or cell to run, which gives one record. */
public sealed interface Planned permits PlannedCycle, PlannedCell {
    /** The number within the experiment, from 1. */
    int number();

    /** A name for people; null where there is none. */
    @Nullable
    String name();
}
