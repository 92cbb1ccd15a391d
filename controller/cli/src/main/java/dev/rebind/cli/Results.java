package dev.rebind.cli;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordReader;
import dev.rebind.record.RecordingException;
import dev.rebind.record.Totals;
import dev.rebind.report.Amounts;
import dev.rebind.report.Summary;
import dev.rebind.report.folder.ReportFolder;
import dev.rebind.report.terminal.Table;
import dev.rebind.report.terminal.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints the results at the end of a run. */
final class Results {
    private Results() {}

    static void print(Terminal terminal, Path folder, Summary summary) throws RecordingException {
        List<CycleRecord> records = new ArrayList<>();
        RecordReader.forEach(folder.resolve(ReportFolder.CYCLES), records::add);
        terminal.out().println();
        new Table(terminal).print(records);
        terminal.out().println();
        if (summary.interrupted()) {
            terminal.out().println("The run was ended before all that was planned had been done.");
        }
        terminal.out()
                .println(summary.verdict() + ": "
                        + Amounts.count(summary.experiments().size(), "experiment", "experiments") + ", "
                        + Amounts.count(summary.cycles(), "cycle", "cycles") + " (" + verdicts(records) + ") in "
                        + String.format(
                                Locale.ROOT,
                                "%.1f s",
                                Duration.between(summary.startedAt(), summary.endedAt())
                                                .toMillis()
                                        / 1e3));
        printReport(terminal, folder);
    }

    /** Prints the last line of a run or a check: the address of the report's page. */
    static void printReport(Terminal terminal, Path folder) {
        terminal.out()
                .println("Report: "
                        + folder.resolve(ReportFolder.PAGE)
                                .toAbsolutePath()
                                .normalize()
                                .toUri());
        terminal.out().flush();
    }

    private static String verdicts(List<CycleRecord> records) {
        return Totals.of(records).verdicts().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }
}
