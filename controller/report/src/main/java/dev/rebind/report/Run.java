package dev.rebind.report;

import dev.rebind.record.Phase;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report says of a run beside its records.
 *
 * @param interrupted whether it was ended before all that was planned had been done
 * @param experiments in the order in which they were to be run, those included that had no cycle
 */
public record Run(Instant startedAt, Instant endedAt, boolean interrupted, List<Subject> experiments, Machine machine) {
    public Run {
        experiments = List.copyOf(experiments);
    }

    /**
     * An experiment of the run.
     *
     * @param description as the experiment says it
     * @param file where it was read; null for one that comes with Rebind
     * @param yaml its text, as far as it is to be shown
     * @param planned cycles; null where a duration decides
     * @param phase how far it is at the moment of the report
     */
    public record Subject(
            String name,
            @Nullable String description,
            @Nullable String file,
            String yaml,
            @Nullable Integer planned,
            Phase phase) {}
}
