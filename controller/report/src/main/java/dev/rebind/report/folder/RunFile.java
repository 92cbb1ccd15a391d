package dev.rebind.report.folder;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rebind.record.RecordingException;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code run.json}: the facts about a run that its records do not have. Rebind writes it when the run begins, after each experiment, and at
 * the end, so that a report can be made even of a run that was cut short.
 *
 * @param endedAt null until the run ends
 * @param interrupted see {@link Run#interrupted}; null until the run ends
 * @param machine null where it is not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunFile(
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Boolean interrupted,
        List<Run.Subject> experiments,
        @Nullable Machine machine) {
    RunFile {
        Objects.requireNonNull(startedAt, "startedAt");
        experiments = List.copyOf(experiments);
    }

    static RunFile begun(Run run) {
        return new RunFile(run.startedAt(), null, null, run.experiments(), run.machine());
    }

    static RunFile ended(Run run) {
        return new RunFile(run.startedAt(), run.endedAt(), run.interrupted(), run.experiments(), run.machine());
    }

    /**
     * Reads the file of a folder.
     *
     * @return empty where the folder has no such file
     */
    static Optional<RunFile> read(Path folder) throws RecordingException {
        return JsonFile.read(folder.resolve(ReportFolder.RUN), RunFile.class);
    }
}
