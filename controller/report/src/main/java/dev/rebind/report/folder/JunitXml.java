package dev.rebind.report.folder;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.report.CommandTarget;
import dev.rebind.report.Machine;
import dev.rebind.report.Markup;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code junit.xml}: a suite for each experiment, a case for each cycle. Fail becomes a failure. Error and Inconclusive become
 * errors of different types, because a cycle that did not test what it had to test must not look green to a reader of this file. Planned
 * cycles that were not run, and an early end, add one more error.
 *
 * <p>The format is what the schemas of Ant's JUnit task and of Jenkins's xUnit plugin have in common.
 */
final class JunitXml {
    /** Time in UTC without a zone, as Ant's schema requires. */
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private static final int LONGEST_COMMAND = 1_000;

    /** The cases of one experiment. They are collected here, because cycles of experiments that run at once come in mixed order. */
    private static final class Cases {
        private final StringWriter text = new StringWriter();
        private final Markup xml = new Markup(text);
        private BigDecimal time = BigDecimal.ZERO;
    }

    private final Map<String, Cases> cases = new HashMap<>();

    void add(CycleRecord record) {
        Cases of = cases.computeIfAbsent(record.experiment(), _ -> new Cases());
        of.time = of.time.add(seconds(record));
        try {
            testcase(of.xml, record);
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
    }

    /** @param summary the summary of the records added here */
    void write(Writer out, Summary summary) throws IOException {
        Markup xml = new Markup(out)
                .trusted("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
                .line();
        xml.start("testsuites").line();
        int id = 0;
        for (ExperimentSummary experiment : summary.experiments()) {
            suite(xml, id++, experiment, summary);
        }
        xml.end().line();
    }

    private void suite(Markup xml, int id, ExperimentSummary experiment, Summary summary) throws IOException {
        Cases of = cases.getOrDefault(experiment.name(), new Cases());
        String missing = notRun(experiment);
        Map<Verdict, Integer> verdicts = experiment.verdicts();
        int errors = verdicts.getOrDefault(Verdict.Error, 0) + verdicts.getOrDefault(Verdict.Inconclusive, 0);
        xml.start(
                        "testsuite",
                        "name",
                        experiment.name(),
                        "package",
                        "rebind",
                        "id",
                        Integer.toString(id),
                        "timestamp",
                        TIMESTAMP.format(summary.startedAt()),
                        "hostname",
                        "localhost",
                        "tests",
                        Integer.toString(experiment.cycles() + (missing == null ? 0 : 1)),
                        "failures",
                        Integer.toString(verdicts.getOrDefault(Verdict.Fail, 0)),
                        "errors",
                        Integer.toString(errors + (missing == null ? 0 : 1)),
                        "time",
                        of.time.toPlainString())
                .line();
        CommandTarget command = experiment.command();
        properties(xml, summary, command);
        xml.trusted(of.text.toString());
        if (missing != null) {
            xml.start("testcase", "name", "not run", "classname", experiment.name(), "time", "0")
                    .leaf("error", missing, "type", missingAs(experiment).name(), "message", missing)
                    .end()
                    .line();
        }
        xml.leaf("system-out", command == null ? "" : command.command(LONGEST_COMMAND) + ", " + command.place())
                .leaf("system-err", "")
                .end()
                .line();
    }

    private static void properties(Markup xml, Summary summary, @Nullable CommandTarget command) throws IOException {
        Machine machine = summary.machine();
        var facts = new TreeMap<String, String>();
        if (command != null) {
            facts.put("command", command.command(LONGEST_COMMAND));
            facts.put("address", command.address());
            facts.put("port", Integer.toString(command.port()));
        }
        if (machine != null) {
            facts.putAll(machine.sysctls());
            facts.put("kernel", machine.kernel());
            facts.put("java", machine.java());
        }
        xml.start("properties");
        for (Map.Entry<String, String> fact : facts.entrySet()) {
            xml.start("property", "name", fact.getKey(), "value", fact.getValue())
                    .end();
        }
        xml.end().line();
    }

    private static void testcase(Markup xml, CycleRecord record) throws IOException {
        xml.start(
                "testcase",
                "name",
                "cycle " + record.cycle() + (record.name() == null ? "" : ": " + record.name()),
                "classname",
                record.experiment(),
                "time",
                seconds(record).toPlainString());
        String element = switch (record.verdict()) {
            case Pass -> null;
            case Fail -> "failure";
            case Inconclusive, Error -> "error";
        };
        if (element != null) {
            xml.leaf(element, record.explanation(), "type", record.verdict().name(), "message", record.firstSentence());
        }
        xml.end().line();
    }

    /** The verdict of the additional error: Error where the experiment itself has it and no cycle does, else Inconclusive. */
    private static Verdict missingAs(ExperimentSummary experiment) {
        return experiment.verdict() == Verdict.Error && !experiment.verdicts().containsKey(Verdict.Error)
                ? Verdict.Error
                : Verdict.Inconclusive;
    }

    private static @Nullable String notRun(ExperimentSummary experiment) {
        Integer planned = experiment.planned();
        if (planned != null && experiment.cycles() < planned) {
            return (planned - experiment.cycles()) + " of " + planned + " cycles were not run.";
        }
        if (experiment.cycles() == 0) {
            return "No cycle was run.";
        }
        return experiment.verdicts().containsKey(experiment.verdict())
                ? null
                : "The experiment was ended before its time, or could not go on.";
    }

    /** Time from the order to stop until the server was bound or failed; 0 where it is not known. */
    private static BigDecimal seconds(CycleRecord record) {
        Instant end = record.boundAt() == null ? record.failedAt() : record.boundAt();
        return record.stoppedAt() == null || end == null
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(
                        Math.max(0, Duration.between(record.stoppedAt(), end).toMillis()), 3);
    }
}
