package dev.rebind.plan;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.experiment.expect.Expect;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Everything that an experiment will do. */
public sealed interface Plan {
    Experiment experiment();

    /** The number of cycles or cells; null where a duration decides. */
    default @Nullable Integer planned() {
        return switch (this) {
            case Cells cells -> cells.cells().size();
            case Cycles cycles ->
                switch (cycles.length()) {
                    case Length.Count(int count) -> count * cycles.parallel();
                    case Length.For _ -> null;
                };
        };
    }

    /**
     * A plan of server restarts.
     *
     * @param parallel number of copies that run at the same time, each at its own places; 1 or more
     * @param pattern the cycles of one copy, repeated where it needs more
     */
    record Cycles(Experiment experiment, Places places, int parallel, Length length, List<PlannedCycle> pattern)
            implements Plan {
        public Cycles {
            pattern = List.copyOf(pattern);
        }

        /**
         * Returns the cycles of one copy in order. They have no end if the length is a {@link Length.For}.
         *
         * @param copy from 0 to parallel - 1
         */
        public Iterator<PlannedCycle> copy(int copy) {
            IntStream numbers = switch (length) {
                case Length.Count(int cycles) -> IntStream.range(0, cycles);
                case Length.For _ -> IntStream.iterate(0, i -> i + 1);
            };
            return numbers.mapToObj(i -> pattern.get(i % pattern.size()).numbered(i * parallel + copy + 1))
                    .iterator();
        }

        /**
         * Returns this plan for a server whose way of closing is not known. It expects a residue only where the user wrote one.
         *
         * @param spoken what clients use where the experiment does not say it; null for Rebind's own protocol
         */
        public Cycles ofUnknownServer(@Nullable TargetProtocol spoken) {
            List<PlannedCycle> theirs = spoken == null ? pattern : Planner.pattern(experiment.spec(), spoken);
            Expect expect = experiment.spec().expect();
            return new Cycles(
                    experiment,
                    places,
                    parallel,
                    length,
                    expect != null && expect.residue() != null
                            ? theirs
                            : theirs.stream().map(PlannedCycle::leavingAnything).toList());
        }
    }

    /** A plan of pairs of bare sockets, each on its own port. They may run in any order and at the same time. */
    record Cells(Experiment experiment, List<PlannedCell> cells) implements Plan {
        public Cells {
            cells = List.copyOf(cells);
        }
    }

    /** How many cycles each copy runs. */
    sealed interface Length {
        /** @param cycles 1 or more */
        record Count(int cycles) implements Length {}

        /** @param duration more than 0; a cycle that is running when it ends is still finished */
        record For(Duration duration) implements Length {}
    }
}
