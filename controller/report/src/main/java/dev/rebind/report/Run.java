package dev.rebind.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rebind.record.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a report says of a run beside its records.
 *
 * @param interrupted whether it was ended before all that was planned had been done
 * @param experiments in the order in which they were to be run, those included that had no cycle
 * @param machine null where it is not known
 */
public record Run(
        Instant startedAt,
        Instant endedAt,
        boolean interrupted,
        List<Subject> experiments,
        @Nullable Machine machine) {
    public Run {
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(endedAt, "endedAt");
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
     * @param command null where it starts no command, and where that is not known
     */
    public record Subject(
            String name,
            @Nullable String description,
            @Nullable String file,
            String yaml,
            @Nullable Integer planned,
            Phase phase,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            CommandTarget command) {
        public Subject {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(yaml, "yaml");
            Objects.requireNonNull(phase, "phase");
        }

        /** Of an experiment that starts no command. */
        public Subject(
                String name,
                @Nullable String description,
                @Nullable String file,
                String yaml,
                @Nullable Integer planned,
                Phase phase) {
            this(name, description, file, yaml, planned, phase, null);
        }

        /** The same with another phase. */
        public Subject in(Phase other) {
            return new Subject(name, description, file, yaml, planned, other, command);
        }
    }
}
