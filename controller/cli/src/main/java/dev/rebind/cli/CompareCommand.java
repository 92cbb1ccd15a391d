package dev.rebind.cli;

import dev.rebind.record.RecordingException;
import dev.rebind.record.Verdict;
import dev.rebind.report.compare.Comparison;
import dev.rebind.report.compare.ComparisonJson;
import dev.rebind.report.compare.ComparisonText;
import dev.rebind.report.compare.Measurements;
import dev.rebind.report.terminal.Terminal;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rebind compare BEFORE AFTER}: says what differs between two reports. */
@Command(
        name = "compare",
        description = "Compares two reports of run or check: verdicts, failed binds, and how long restarts took.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Nothing is worse in the second report, as far as its cycles can show.",
            "1:Something is worse.",
            "2:Bad usage, or a report that cannot be read.",
            "3:The reports have no experiment in common."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind check --port 8080 --report before -- python3 -m http.server 8080",
            "  rebind check --port 8080 --report after -- python3 -m http.server 8080",
            "  rebind compare before after",
            "  rebind compare --json before after"
        })
final class CompareCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "BEFORE",
            description = "A report's folder, as --report of run and check names it, or its cycles.jsonl.")
    Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "AFTER", description = "Another one, with experiments of the same names.")
    Path after = Path.of("");

    @Option(
            names = "--json",
            description = "Writes JSON, one object in one line; docs/reference/compare.schema.json has its schema.")
    boolean json;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        var line = Objects.requireNonNull(spec).commandLine();
        Comparison comparison;
        try {
            Measurements.Report first = Measurements.read(before);
            Measurements.Report second = Measurements.read(after);
            first.torn().ifPresent(torn -> line.getErr().println("rebind: " + torn));
            second.torn().ifPresent(torn -> line.getErr().println("rebind: " + torn));
            comparison = Comparison.of(first, second);
        } catch (RecordingException e) {
            line.getErr().println("rebind: " + e.getMessage());
            return ExitCode.USAGE;
        }
        if (json) {
            line.getOut().println(ComparisonJson.of(comparison));
        } else {
            ComparisonText.lines(comparison, Terminal.detect().lineWidth()).forEach(line.getOut()::println);
        }
        line.getOut().flush();
        if (comparison.experiments().isEmpty()) {
            return ExitCode.INCONCLUSIVE;
        }
        return comparison.has(Comparison.Change.WORSE) ? Verdict.Fail.exitCode() : ExitCode.PASS;
    }
}
