package dev.rebind.report.folder;

import dev.rebind.record.Json;
import dev.rebind.record.Phase;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordingException;
import dev.rebind.record.Totals;
import dev.rebind.report.Run;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A report read from a folder. For a run that was cut short, it has what had been recorded until then.
 *
 * @param run the facts that the records do not have; where the run has no end, the end of its last cycle stands for it
 * @param ended whether {@code run.json} says that the run ended; otherwise the run was cut short or is still going on
 * @param parts parts of the records, by the experiment's name
 * @param warnings what a reader should know, one sentence each
 */
public record SavedReport(Path folder, Run run, boolean ended, Map<String, SavedPart> parts, List<String> warnings) {
    public SavedReport {
        parts = Map.copyOf(parts);
        warnings = List.copyOf(warnings);
    }

    public Path cycles() {
        return folder.resolve(ReportFolder.CYCLES);
    }

    /** The part of the records that belongs to an experiment; an empty part where no cycle of it ended. */
    public SavedPart part(Run.Subject subject) {
        return parts.getOrDefault(subject.name(), SavedPart.NONE);
    }

    /**
     * Reads the report of a folder.
     *
     * @throws RecordingException where the folder has no report, or this version does not understand it; the message names the file and
     * line
     */
    public static SavedReport read(Path folder) throws RecordingException {
        Path cycles = folder.resolve(ReportFolder.CYCLES);
        if (!Files.exists(cycles)) {
            throw new RecordingException(folder, noReport(folder), null);
        }
        Map<String, SavedPart> parts = new LinkedHashMap<>();
        var before = new String[] {null};
        Optional<String> torn;
        try {
            torn = RecordReader.forEachLine(cycles, (record, line, from, to) -> {
                String name = record.experiment();
                SavedPart part = parts.get(name);
                if (part != null && !name.equals(before[0])) {
                    throw new RecordingException(
                            cycles,
                            "line " + line + " of " + cycles + " goes on with the experiment " + name
                                    + " after another one; the records of two runs are mixed in it",
                            null);
                }
                before[0] = name;
                parts.put(name, part == null ? SavedPart.first(record, from, to) : part.plus(record, to));
            });
            return of(folder, parts, torn);
        } catch (RecordingException e) {
            throw writtenBy(folder)
                    .map(version -> new RecordingException(
                            e.file(), e.getMessage() + "; " + ReportFolder.RUN + " names Rebind " + version, e))
                    .orElse(e);
        }
    }

    private static String noReport(Path folder) {
        if (!Files.exists(folder)) {
            return "there is no folder " + folder;
        }
        return Files.isDirectory(folder)
                ? folder + " is no report: it has no " + ReportFolder.CYCLES
                        + "; name the folder that run or check named at its end"
                : folder + " is a file; name the report's folder";
    }

    private static SavedReport of(Path folder, Map<String, SavedPart> parts, Optional<String> torn)
            throws RecordingException {
        var warnings = new ArrayList<String>();
        torn.ifPresent(warnings::add);
        Optional<RunFile> file = RunFile.read(folder);
        if (file.isPresent()) {
            RunFile told = file.get();
            if (told.endedAt() != null) {
                boolean interrupted = Boolean.TRUE.equals(told.interrupted());
                Run run = new Run(told.startedAt(), told.endedAt(), interrupted, told.experiments(), told.machine());
                return new SavedReport(folder, run, true, parts, warnings);
            }
            warnings.add("the run has no end in " + folder.resolve(ReportFolder.RUN)
                    + ": it was cut short, or still goes on");
            List<Run.Subject> subjects = told.experiments().stream()
                    .map(subject -> subject.in(cut(subject, parts.get(subject.name()))))
                    .toList();
            Run run = new Run(told.startedAt(), last(parts, told.startedAt()), true, subjects, told.machine());
            return new SavedReport(folder, run, false, parts, warnings);
        }
        Optional<Summary> summary = JsonFile.read(folder.resolve(ReportFolder.SUMMARY), Summary.class);
        if (summary.isPresent()) {
            return new SavedReport(folder, of(summary.get(), parts), true, parts, warnings);
        }
        if (parts.isEmpty()) {
            throw new RecordingException(
                    folder,
                    folder + " has no record: " + ReportFolder.CYCLES + " is empty; there is nothing to show",
                    null);
        }
        warnings.add("what was planned, the YAML and the machine are not known: " + folder + " has no "
                + ReportFolder.RUN + " and no " + ReportFolder.SUMMARY);
        List<Run.Subject> subjects = parts.keySet().stream()
                .map(name -> new Run.Subject(name, null, null, "", null, Phase.Aborted))
                .toList();
        Instant started = parts.values().stream()
                .map(SavedPart::startedAt)
                .filter(instant -> instant != null)
                .min(Instant::compareTo)
                .orElse(Instant.EPOCH);
        return new SavedReport(
                folder, new Run(started, last(parts, started), true, subjects, null), false, parts, warnings);
    }

    /**
     * The phase of an experiment in a run that did not end. An experiment that was still going on counts as completed if every planned
     * cycle has its record.
     */
    private static Phase cut(Run.Subject subject, @Nullable SavedPart part) {
        if (subject.phase().isOver()) {
            return subject.phase();
        }
        Integer planned = subject.planned();
        return planned != null && part != null && part.totals().cycles() >= planned ? Phase.Completed : Phase.Aborted;
    }

    private static Instant last(Map<String, SavedPart> parts, Instant least) {
        return parts.values().stream()
                .map(SavedPart::endedAt)
                .filter(instant -> instant != null && instant.isAfter(least))
                .max(Instant::compareTo)
                .orElse(least);
    }

    /** Makes the run of a folder that has no {@code run.json}. */
    private static Run of(Summary summary, Map<String, SavedPart> parts) {
        return new Run(
                summary.startedAt(),
                summary.endedAt(),
                summary.interrupted(),
                summary.experiments().stream()
                        .map(one -> new Run.Subject(
                                one.name(),
                                one.description(),
                                one.file(),
                                "",
                                one.planned(),
                                phase(
                                        one,
                                        parts.getOrDefault(one.name(), SavedPart.NONE)
                                                .totals()),
                                one.command()))
                        .toList(),
                summary.machine());
    }

    /** The phase for which the records give the verdict of the summary. */
    private static Phase phase(ExperimentSummary summary, Totals totals) {
        for (Phase phase : List.of(Phase.Completed, Phase.Error)) {
            if (totals.verdict(summary.planned(), phase) == summary.verdict()) {
                return phase;
            }
        }
        return Phase.Aborted;
    }

    /** The version that wrote the folder. Reads this value alone, because this version may not understand the rest of the file. */
    private static Optional<String> writtenBy(Path folder) {
        try {
            String version = Json.mapper()
                    .readTree(Files.readAllBytes(folder.resolve(ReportFolder.RUN)))
                    .at("/machine/rebind")
                    .asText("");
            return version.isEmpty() ? Optional.empty() : Optional.of(version);
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
