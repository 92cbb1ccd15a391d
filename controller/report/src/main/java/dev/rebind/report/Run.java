package dev.rebind.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rebind.record.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a run that its records do not have.
 *
 * @param interrupted whether the run ended before everything planned was done
 * @param experiments in the order in which they were to run, including those without a cycle
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
     * @param description the description in the experiment's file
     * @param file the file it was read from; null for an experiment that comes with Rebind
     * @param yaml its text, as far as a report may show it
     * @param planned number of planned cycles; null where a duration decides
     * @param phase how far the experiment is when the report is written
     * @param command null where the experiment starts no command, and where that is not known
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

        /** Makes an experiment that starts no command. */
        public Subject(
                String name,
                @Nullable String description,
                @Nullable String file,
                String yaml,
                @Nullable Integer planned,
                Phase phase) {
            this(name, description, file, yaml, planned, phase, null);
        }

        /** Returns a copy with another phase. */
        public Subject in(Phase other) {
            return new Subject(name, description, file, yaml, planned, other, command);
        }
    }
}
