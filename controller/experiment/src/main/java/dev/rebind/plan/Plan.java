package dev.rebind.plan;

import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.clients.TargetProtocol;
import dev.rebind.experiment.expect.Expect;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What an experiment comes to. */
public sealed interface Plan {
    Experiment experiment();

    /** Cycles or cells; null where a duration decides. */
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
     * Restarts of a server.
     *
     * @param parallel copies that run side by side at places of their own, from 1
     * @param pattern the cycles of one copy; repeated where there are to be more
     */
    record Cycles(Experiment experiment, Places places, int parallel, Length length, List<PlannedCycle> pattern)
            implements Plan {
        public Cycles {
            pattern = List.copyOf(pattern);
        }

        /**
         * The cycles of one copy, one after the other; without end when the length is a {@link Length.For}.
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
         * The same for a server that closes in a way of its own: a residue is expected only where somebody wrote one.
         *
         * @param spoken what its clients speak where the experiment does not say it; null: Rebind's words
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

    /** Pairs of bare sockets, each on a port of its own; their order does not matter, nor does it matter if they overlap. */
    record Cells(Experiment experiment, List<PlannedCell> cells) implements Plan {
        public Cells {
            cells = List.copyOf(cells);
        }
    }

    /** How many cycles each copy runs. */
    sealed interface Length {
        /** @param cycles 1 or more */
        record Count(int cycles) implements Length {}

        /** @param duration more than 0; a cycle that has begun when it is over is finished */
        record For(Duration duration) implements Length {}
    }
}
