package dev.rebind.report.folder;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.clients.RequestTotals;
import dev.rebind.report.Amounts;
import dev.rebind.report.CommandTarget;
import dev.rebind.report.Distribution;
import dev.rebind.report.DowntimeWords;
import dev.rebind.report.LeftWords;
import dev.rebind.report.Machine;
import dev.rebind.report.Summary;
import dev.rebind.report.Summary.ExperimentSummary;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code summary.md}: a run in GitHub's Markdown, for a pull request or for the summary page of a CI job. It has at most {@link
 * #MOST_EXPERIMENTS} rows and {@link #MOST_CYCLES} sentences, so that it fits into a comment (65,536 characters). It says how many were
 * left out.
 */
public final class SummaryMarkdown {
    static final int MOST_EXPERIMENTS = 100;
    static final int MOST_CYCLES = 20;
    private static final int LONGEST_SENTENCE = 1_000;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_COMMAND = 300;

    private final List<CycleRecord> notPassed = new ArrayList<>();
    /** By experiment: the longest time, in ms, during which new connections were refused for longer than the downtime. */
    private final Map<String, Double> refusedForLonger = new LinkedHashMap<>();

    /** By experiment: why fewer sockets were left than there were connections, from the first cycle with such a reason. */
    private final Map<String, String> fewerLeft = new LinkedHashMap<>();

    private int notShown;

    public void add(CycleRecord record) {
        if (fewerLeft.size() < MOST_EXPERIMENTS) {
            LeftWords.fewer(record)
                    .ifPresent(_ -> fewerLeft.putIfAbsent(
                            record.experiment(),
                            "Left on the port in cycle " + record.cycle() + ": " + LeftWords.of(record)));
        }
        record.refusedForLonger().ifPresent(ms -> refusedForLonger.merge(record.experiment(), ms, Math::max));
        if (record.verdict() == Verdict.Pass) {
            return;
        }
        if (notPassed.size() < MOST_CYCLES) {
            notPassed.add(record);
        } else {
            notShown++;
        }
    }

    /** @param summary the summary of the records added here */
    public void write(Writer out, Summary summary) throws IOException {
        out.write("## Rebind: " + summary.verdict() + "\n\n");
        commands(out, summary);
        out.write(Amounts.count(summary.experiments().size(), "experiment", "experiments") + ", "
                + Amounts.count(summary.cycles(), "cycle", "cycles") + " in "
                + Amounts.duration((double)
                        Duration.between(summary.startedAt(), summary.endedAt()).toMillis())
                + ".\n");
        if (summary.interrupted()) {
            out.write("The run was ended before all that was planned had been done.\n");
        }
        if (summary.torn() != null) {
            out.write("\n" + text(summary.torn(), LONGEST_SENTENCE) + "\n");
        }
        table(out, summary.experiments());
        newConnections(out);
        surprising(out, summary.experiments());
        cycles(out);
        if (summary.machine() != null) {
            machine(out, summary.machine());
        }
    }

    /** Writes the commands that were restarted; only once where all experiments share one. */
    private static void commands(Writer out, Summary summary) throws IOException {
        if (summary.command().isPresent()) {
            out.write(command(summary.command().get()) + "\n\n");
            return;
        }
        List<String> each = summary.experiments().stream()
                .limit(MOST_EXPERIMENTS)
                .filter(one -> one.command() != null)
                .map(one -> "- " + text(one.name(), LONGEST_NAME) + ": " + command(one.command()) + "\n")
                .toList();
        for (String line : each) {
            out.write(line);
        }
        out.write(each.isEmpty() ? "" : "\n");
    }

    private static String command(@Nullable CommandTarget target) {
        return target == null ? "" : code(target.command(LONGEST_COMMAND)) + ", " + text(target.place(), LONGEST_NAME);
    }

    private static void table(Writer out, List<ExperimentSummary> experiments) throws IOException {
        boolean requests = experiments.stream().anyMatch(one -> one.requests() != null);
        out.write("\n"
                + "| experiment | verdict | cycles | bound at once | failed, by cause | stop to bound, median |"
                + " longest | downtime, median | longest |"
                + (requests ? " requests that failed, by cause |" : "") + "\n");
        out.write("| --- | --- | --: | --: | --- | --: | --: | --: | --: |" + (requests ? " --- |" : "") + "\n");
        for (ExperimentSummary experiment : experiments.subList(0, Math.min(MOST_EXPERIMENTS, experiments.size()))) {
            out.write("| " + text(experiment.name(), LONGEST_NAME)
                    + " | " + experiment.verdict()
                    + " | " + cyclesOf(experiment)
                    + " | " + experiment.bound()
                    + " | " + causes(experiment.failedByCause())
                    + " | " + medianAndLongest(experiment.stopToBoundMs())
                    + " | " + medianAndLongest(experiment.downtimeMs())
                    + (requests ? " | " + requests(experiment.requests()) : "")
                    + " |\n");
        }
        if (experiments.size() > MOST_EXPERIMENTS) {
            out.write("\nThe other " + (experiments.size() - MOST_EXPERIMENTS) + " are in `" + ReportFolder.SUMMARY
                    + "`.\n");
        }
        out.write("\n"
                + "Stop to bound: from the order to stop until the new server was bound. Downtime: the time"
                + " without service that clients saw; none is told where they did not ask all the time.\n");
    }

    private static String medianAndLongest(@Nullable Distribution figures) {
        return figures == null ? "|" : Amounts.duration(figures.p50()) + " | " + Amounts.duration(figures.max());
    }

    /** Explains where new connections were refused for longer than the downtime in the table. */
    private void newConnections(Writer out) throws IOException {
        if (refusedForLonger.isEmpty()) {
            return;
        }
        out.write(
                "\nThe downtime is that of clients that had a connection. Nobody listened for longer, and new connections were refused: "
                        + refusedForLonger.entrySet().stream()
                                .limit(MOST_EXPERIMENTS)
                                .map(one ->
                                        text(one.getKey(), LONGEST_NAME) + " up to " + Amounts.duration(one.getValue()))
                                .collect(Collectors.joining(", "))
                        + ".\n");
    }

    /** Explains figures that a reader may wonder about, in the same words as the terminal and the page. */
    private void surprising(Writer out, List<ExperimentSummary> experiments) throws IOException {
        var lines = new ArrayList<String>();
        experiments.stream().limit(MOST_EXPERIMENTS).forEach(experiment -> {
            String name = "- " + text(experiment.name(), LONGEST_NAME) + ": ";
            DowntimeWords.of(experiment.downtimeMs()).ifPresent(why -> lines.add(name + why));
            String left = fewerLeft.get(experiment.name());
            if (left != null) {
                lines.add(name + text(left, LONGEST_SENTENCE));
            }
        });
        if (!lines.isEmpty()) {
            out.write("\n" + String.join("\n", lines) + "\n");
        }
    }

    private static String cyclesOf(ExperimentSummary experiment) {
        Integer planned = experiment.planned();
        return planned == null || planned == experiment.cycles()
                ? Integer.toString(experiment.cycles())
                : experiment.cycles() + " of " + planned;
    }

    private static String requests(@Nullable RequestTotals requests) {
        return requests == null
                ? ""
                : requests.failed() + " of " + requests.sent()
                        + (requests.failed() == 0 ? "" : ": " + causes(requests.failedByCause()));
    }

    private static String causes(Map<String, ? extends Number> failed) {
        return new TreeMap<String, Number>(failed)
                .entrySet().stream()
                        .map(cause -> cause.getValue() + " `" + cause.getKey() + "`")
                        .collect(Collectors.joining(", "));
    }

    private void cycles(Writer out) throws IOException {
        if (notPassed.isEmpty()) {
            return;
        }
        out.write("\n### What did not pass\n\n");
        for (CycleRecord record : notPassed) {
            out.write("- **" + text(record.experiment(), LONGEST_NAME) + ", cycle " + record.cycle() + "** ("
                    + record.verdict() + "): " + text(record.explanation(), LONGEST_SENTENCE) + "\n");
        }
        if (notShown > 0) {
            out.write("\n" + Amounts.count(notShown, "more is", "more are") + " in `" + ReportFolder.CYCLES + "`.\n");
        }
    }

    private static void machine(Writer out, Machine machine) throws IOException {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("kernel", machine.system() + " " + machine.kernel() + ", " + machine.architecture());
        facts.put("processors", machine.processors());
        if (machine.hz() != null) {
            facts.put("HZ", machine.hz());
        }
        facts.put("Java", machine.java());
        if (machine.rebind() != null) {
            facts.put("Rebind", machine.rebind());
        }
        new TreeMap<>(machine.sysctls()).forEach((name, value) -> facts.put("`" + name + "`", value));
        out.write("\n<details><summary>Machine</summary>\n\n| | |\n| --- | --- |\n");
        for (Map.Entry<String, Object> fact : facts.entrySet()) {
            out.write("| " + fact.getKey() + " | " + text(fact.getValue().toString(), LONGEST_NAME) + " |\n");
        }
        out.write("\n</details>\n");
    }

    /** A Markdown code span, in which no markup works. Its fence has more backticks than any row of backticks in the text. */
    private static String code(String raw) {
        String line = raw.replaceAll("\\s+", " ")
                .replaceAll("[\\p{Cs}\\p{Cc}]", "\uFFFD")
                .strip();
        String fence = "`";
        while (line.contains(fence)) {
            fence += "`";
        }
        return fence.length() == 1 ? fence + line + fence : fence + " " + line + " " + fence;
    }

    /** Escapes text for Markdown: it stays on one line, with no markup, no mention of a person, and no link made from a number. */
    public static String text(String raw, int longest) {
        String line =
                raw.replaceAll("\\s+", " ").replaceAll("\\p{Cs}", "\uFFFD").strip();
        if (line.length() > longest) {
            line = line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, longest))) + "…";
        }
        return line.replaceAll("[\\\\`*_{}\\[\\]<>|~]", "\\\\$0")
                .replace("&", "&amp;")
                .replace("#", "&#35;")
                .replace("@", "&#64;");
    }
}
