package dev.rebind.record;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Provides properties with what an experiment came to: its records, how many cycles were planned, and how it ended. */
public abstract class AnyExperiment {
    protected static final String NAME = "one";

    @Provide
    static Arbitrary<List<CycleRecord>> records() {
        return RandomRecords.of(NAME);
    }

    @Provide
    static Arbitrary<@Nullable Integer> planned() {
        return RandomRecords.planned();
    }

    @Provide
    static Arbitrary<Phase> ends() {
        return Arbitraries.of(Phase.values()).filter(Phase::isOver);
    }
}
