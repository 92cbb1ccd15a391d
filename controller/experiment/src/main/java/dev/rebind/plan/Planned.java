package dev.rebind.plan;

import org.jspecify.annotations.Nullable;

/** One thing to do, which yields one record. */
public sealed interface Planned permits PlannedCycle, PlannedCell {
    /** Within the experiment, from 1. */
    int number();

    /** For people; null where there is none. */
    @Nullable
    String name();
}
