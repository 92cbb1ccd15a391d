package dev.rebind.report.compare;

import dev.rebind.diagnosis.text.table.Aligned;
import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.diagnosis.text.table.Wrap;
import dev.rebind.report.Amounts;
import dev.rebind.report.compare.Comparison.Change;
import dev.rebind.report.compare.Comparison.Line;
import dev.rebind.report.compare.Comparison.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A comparison as text for a terminal: a block for each experiment, a line for each measure, and a conclusion at the end. */
public final class ComparisonText {
    private static final int INDENT = 2;
    private static final List<Sheet.Column> COLUMNS = List.of(
            Sheet.Column.titled("", 0),
            Sheet.Column.of("before", 0),
            Sheet.Column.of("after", 0),
            Sheet.Column.of("difference", 0),
            Sheet.Column.of("", 0));

    private static final String VERDICT_ALONE =
            " No test shows it: a verdict is compared as it is, and a single cycle may decide it.";

    private ComparisonText() {}

    /**
     * Returns the lines of the comparison.
     *
     * @param width longest line in characters, or {@link Sheet#ENDLESS}
     */
    public static List<String> lines(Comparison comparison, int width) {
        var lines = new ArrayList<String>();
        for (Pair pair : comparison.experiments()) {
            lines.add(pair.experiment() + ": " + Amounts.count(pair.cyclesBefore(), "cycle", "cycles") + " before, "
                    + Amounts.count(pair.cyclesAfter(), "cycle", "cycles") + " after");
            table(pair.lines()).lines(width - INDENT).forEach(line -> lines.add(" ".repeat(INDENT) + line));
            lines.add("");
        }
        if (!comparison.otherwise().isEmpty()) {
            lines.add("The experiments are not the same: " + SpecDifference.text(comparison.otherwise()) + ".");
        }
        only(lines, "before", comparison.onlyBefore());
        only(lines, "after", comparison.onlyAfter());
        lines.add(conclusion(comparison));
        // The lines of the tables fit into the width already, so only the other lines are wrapped.
        return lines.stream()
                .flatMap(line -> Wrap.indented(line, width).stream())
                .toList();
    }

    private static void only(List<String> lines, String where, List<String> names) {
        if (!names.isEmpty()) {
            lines.add("Only " + where + ": " + String.join(", ", names) + ".");
        }
    }

    /** One or two sentences about all measures together. */
    public static String conclusion(Comparison comparison) {
        if (comparison.experiments().isEmpty()) {
            return "The two reports have no experiment in common, so nothing was compared.";
        }
        String level = String.format(Locale.ROOT, " (p < %.2f)", Comparison.LEVEL);
        if (comparison.has(Change.WORSE)) {
            return comparison.tested(Change.WORSE)
                    ? "Something is worse after than before" + level + "."
                    : "A verdict is worse after than before." + VERDICT_ALONE;
        }
        String few = comparison.has(Change.TOO_FEW_CYCLES)
                ? " Where there are too few cycles, run at least five in each report."
                : "";
        if (comparison.has(Change.BETTER) && !comparison.tested(Change.BETTER)) {
            return "A verdict is better, and nothing is seen to be worse." + VERDICT_ALONE + few;
        }
        return (comparison.has(Change.BETTER)
                        ? "Something is better, and nothing is seen to be worse"
                        : "No difference is seen")
                + level + "." + few;
    }

    private static Sheet table(List<Line> measures) {
        return new Sheet(
                Aligned.GAP,
                INDENT,
                COLUMNS,
                measures.stream()
                        .map(line -> new Sheet.Entry(
                                line.measure(),
                                List.of(line.measure(), line.before(), line.after(), line.difference(), words(line)),
                                List.of()))
                        .toList());
    }

    /** The change of a measure in words, for example {@code worse, p = 0.0079}. */
    public static String words(Line line) {
        String p = line.p().isEmpty() ? "" : ", " + probability(line.p().getAsDouble());
        return switch (line.change()) {
            case BETTER -> "better" + p;
            case WORSE -> "worse" + p;
            case NO_DIFFERENCE -> "no difference seen" + p;
            case TOO_FEW_CYCLES -> "too few cycles to tell";
            case NOT_KNOWN -> "not known";
        };
    }

    private static String probability(double p) {
        return p < 0.0001 ? "p < 0.0001" : String.format(Locale.ROOT, "p = %.4f", p);
    }
}
