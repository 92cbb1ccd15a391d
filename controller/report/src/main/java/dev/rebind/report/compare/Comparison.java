package dev.rebind.report.compare;

import dev.rebind.record.Verdict;
import dev.rebind.report.Amounts;
import dev.rebind.report.Distribution;
import dev.rebind.report.compare.Measurements.Measured;
import dev.rebind.report.compare.Measurements.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.inference.ContinuityCorrection;
import org.apache.commons.statistics.inference.FisherExactTest;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.jspecify.annotations.Nullable;

/**
 * Compares two reports, experiment by experiment. It does no input or output.
 *
 * <p>A difference counts where a test of significance gives p below {@link #LEVEL}: Fisher's exact test for the number of failed binds, the
 * Mann-Whitney U test for times and counts. Neither test assumes a distribution. At this level, about one of a hundred measures that do not
 * differ is still called different.
 *
 * @param experiments the experiments that both reports have
 * @param onlyBefore names of experiments that only the first report has
 * @param onlyAfter names of experiments that only the second report has
 * @param otherwise by the experiment's name: the fields in which its YAML differs between the two reports
 */
public record Comparison(
        List<Pair> experiments, List<String> onlyBefore, List<String> onlyAfter, Map<String, Set<String>> otherwise) {
    /** The level of significance. A difference with a higher p may well be chance. */
    public static final double LEVEL = 0.01;

    /**
     * The test is exact where no two values are equal. Where some are, it uses its approximation, without the continuity correction that
     * makes it too cautious.
     */
    private static final MannWhitneyUTest RANKS =
            MannWhitneyUTest.withDefaults().with(ContinuityCorrection.DISABLED);

    /** How the second report compares with the first. */
    public enum Change {
        BETTER,
        WORSE,
        /** The difference is too small to be significant with this number of cycles. */
        NO_DIFFERENCE,
        /** With so few cycles, not even the largest difference would be significant. */
        TOO_FEW_CYCLES,
        /** One of the verdicts is neither Pass nor Fail. */
        NOT_KNOWN
    }

    /** @param lines the measures; the verdict comes first */
    public record Pair(String experiment, int cyclesBefore, int cyclesAfter, List<Line> lines) {}

    /**
     * One measure of an experiment.
     *
     * @param difference the value after minus the value before, for people; empty where they are no numbers
     * @param p the probability that such a difference arises by chance; empty where no test was made
     * @param values both values as numbers; null where they are no numbers
     */
    public record Line(
            String measure,
            String before,
            String after,
            String difference,
            Change change,
            OptionalDouble p,
            @Nullable Values values) {}

    /** Medians in ms, medians of counts, or numbers of failed binds. */
    public record Values(double before, double after, Unit unit) {}

    public enum Unit {
        MS,
        COUNT
    }

    public Comparison {
        experiments = List.copyOf(experiments);
        onlyBefore = List.copyOf(onlyBefore);
        onlyAfter = List.copyOf(onlyAfter);
        otherwise = Collections.unmodifiableMap(new LinkedHashMap<>(otherwise));
    }

    public static Comparison of(Report before, Report after) {
        return new Comparison(
                before.experiments().entrySet().stream()
                        .flatMap(
                                entry -> Optional.ofNullable(after.experiments().get(entry.getKey())).stream()
                                        .map(other -> pair(entry.getKey(), entry.getValue(), other)))
                        .toList(),
                without(before, after),
                without(after, before),
                SpecDifference.of(before, after));
    }

    /**
     * Compares two experiments, even if their names differ.
     *
     * @param beforeText the first experiment in YAML
     */
    public static Comparison of(Measured before, String beforeText, Measured after, String afterText) {
        return of(alone(before, beforeText), alone(after, afterText));
    }

    private static Report alone(Measured measured, String text) {
        return new Report(Map.of("", measured), Map.of("", text), Optional.empty());
    }

    private static List<String> without(Report one, Report other) {
        return one.experiments().keySet().stream()
                .filter(name -> !other.experiments().containsKey(name))
                .toList();
    }

    public boolean has(Change change) {
        return experiments.stream().flatMap(pair -> pair.lines().stream()).anyMatch(line -> line.change() == change);
    }

    /** Whether a test of significance shows such a change, and not only the verdict. */
    boolean tested(Change change) {
        return experiments.stream()
                .flatMap(pair -> pair.lines().stream())
                .anyMatch(line -> line.change() == change && line.p().isPresent());
    }

    private static Pair pair(String name, Measured before, Measured after) {
        var lines = new ArrayList<Line>();
        lines.add(verdicts(before, after));
        lines.add(failures(before, after));
        amounts("stop to bound", before.restartsMs(), after.restartsMs(), Amounts::duration, Unit.MS)
                .ifPresent(lines::add);
        amounts("downtime", before.downtimesMs(), after.downtimesMs(), Amounts::duration, Unit.MS)
                .ifPresent(lines::add);
        amounts("failed requests", before.failedRequests(), after.failedRequests(), Comparison::count, Unit.COUNT)
                .ifPresent(lines::add);
        return new Pair(name, before.totals().cycles(), after.totals().cycles(), List.copyOf(lines));
    }

    private static Line verdicts(Measured before, Measured after) {
        Verdict was = before.verdict();
        Verdict is = after.verdict();
        Change change;
        if (was == is) {
            change = Change.NO_DIFFERENCE;
        } else if (was == Verdict.Pass && is == Verdict.Fail) {
            change = Change.WORSE;
        } else if (was == Verdict.Fail && is == Verdict.Pass) {
            change = Change.BETTER;
        } else {
            change = Change.NOT_KNOWN;
        }
        return new Line(
                "verdicts",
                text(before.totals().verdicts()),
                text(after.totals().verdicts()),
                "",
                change,
                OptionalDouble.empty(),
                null);
    }

    private static String text(Map<Verdict, Integer> verdicts) {
        return verdicts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static Line failures(Measured before, Measured after) {
        int failedBefore = before.totals().failed();
        int failedAfter = after.totals().failed();
        int boundBefore = before.totals().bound();
        int boundAfter = after.totals().bound();
        Change change;
        OptionalDouble p = OptionalDouble.empty();
        if (boundBefore + failedBefore == 0 || boundAfter + failedAfter == 0) {
            change = Change.TOO_FEW_CYCLES;
        } else {
            // Where all binds of both reports failed, or all succeeded, the test is not defined and there is no
            // difference.
            boolean alike = failedBefore + failedAfter == 0 || boundBefore + boundAfter == 0;
            double found = alike
                    ? 1
                    : FisherExactTest.withDefaults()
                            .test(new int[][] {{failedBefore, boundBefore}, {failedAfter, boundAfter}})
                            .getPValue();
            p = OptionalDouble.of(found);
            double more = (double) failedAfter / (failedAfter + boundAfter)
                    - (double) failedBefore / (failedBefore + boundBefore);
            change = change(found, more, failedBefore + boundBefore, failedAfter + boundAfter);
        }
        return new Line(
                "first binds that failed",
                failedBefore + " of " + (failedBefore + boundBefore),
                failedAfter + " of " + (failedAfter + boundAfter),
                "",
                change,
                p,
                new Values(failedBefore, failedAfter, Unit.COUNT));
    }

    /** Compares all values of two lists and shows their medians; empty where one list has no values. */
    private static Optional<Line> amounts(
            String measure, List<Double> beforeAll, List<Double> afterAll, DoubleFunction<String> text, Unit unit) {
        if (beforeAll.isEmpty() || afterAll.isEmpty()) {
            return Optional.empty();
        }
        double[] before = sorted(beforeAll);
        double[] after = sorted(afterAll);
        double was = median(beforeAll);
        double is = median(afterAll);
        // Where all values are equal, their ranks say nothing.
        boolean alike = DoubleStream.concat(Arrays.stream(before), Arrays.stream(after))
                        .distinct()
                        .count()
                == 1;
        // With few cycles, the approximation can give a p below the smallest possible one.
        double p = alike ? 1 : Math.max(RANKS.test(before, after).getPValue(), least(before.length, after.length));
        Change change = change(p, is - was, before.length, after.length);
        if (change == Change.NO_DIFFERENCE && apart(before, after)) {
            // With equal values in a list the test is an approximation, which needs a few more cycles.
            change = Change.TOO_FEW_CYCLES;
        }
        return Optional.of(new Line(
                measure,
                text.apply(was),
                text.apply(is),
                (is > was ? "+" : "") + text.apply(is - was),
                change,
                OptionalDouble.of(p),
                new Values(was, is, unit)));
    }

    private static Change change(double p, double more, int before, int after) {
        if (p < LEVEL && more != 0) {
            return more > 0 ? Change.WORSE : Change.BETTER;
        }
        return least(before, after) < LEVEL ? Change.NO_DIFFERENCE : Change.TOO_FEW_CYCLES;
    }

    /**
     * The smallest p that either test can give for so many cycles. It results when all values of one list are above all values of the
     * other.
     */
    private static double least(int before, int after) {
        double orders = 1;
        for (int i = 1; i <= Math.min(before, after) && orders < 1e9; i++) {
            orders = orders * (Math.max(before, after) + i) / i;
        }
        return 2 / orders;
    }

    private static double[] sorted(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    /** Whether all values of one list are above all values of the other. Both lists are sorted. */
    private static boolean apart(double[] before, double[] after) {
        return before[before.length - 1] < after[0] || after[after.length - 1] < before[0];
    }

    /** @param values at least one value */
    private static double median(List<Double> values) {
        return Objects.requireNonNull(Distribution.of(
                        values.stream().mapToDouble(Double::doubleValue).toArray()))
                .p50();
    }

    private static String count(double count) {
        return String.format(Locale.ROOT, count == Math.rint(count) ? "%,.0f" : "%,.1f", count);
    }
}
