package dev.rebind.live;

import dev.rebind.live.ApiJson.Compared;
import dev.rebind.live.ApiJson.ComparedChange;
import dev.rebind.live.ApiJson.ComparedMeasure;
import dev.rebind.live.ApiJson.ComparedSide;
import dev.rebind.live.Experiments.One;
import dev.rebind.live.Experiments.UnavailableException;
import dev.rebind.record.RecordingException;
import dev.rebind.report.compare.Comparison;
import dev.rebind.report.compare.Comparison.Line;
import dev.rebind.report.compare.ComparisonText;
import dev.rebind.report.compare.Measurements;
import java.util.Set;

/** Compares two experiments, as {@code rebind compare} compares two reports. */
public final class Comparisons {
    private Comparisons() {}

    /**
     * Compares the experiments by the records that exist now. An experiment without records counts as one without cycles, and no measure
     * shows a difference.
     *
     * @throws RecordingException when the records cannot be read
     */
    public static Compared of(One before, One after) throws RecordingException, UnavailableException {
        Measurements.Measured first = measured(before);
        Measurements.Measured second = measured(after);
        Comparison comparison = Comparison.of(
                first, before.detail().yaml(), second, after.detail().yaml());
        return new Compared(
                side(before, first),
                side(after, second),
                comparison.experiments().stream()
                        .flatMap(pair -> pair.lines().stream())
                        .map(Comparisons::measure)
                        .toList(),
                comparison.otherwise().values().stream().flatMap(Set::stream).toList(),
                ComparisonText.conclusion(comparison));
    }

    private static Measurements.Measured measured(One one) throws RecordingException {
        var measurements = new Measurements();
        one.records().forEach(measurements::add);
        return measurements.measured();
    }

    private static ComparedSide side(One one, Measurements.Measured measured) {
        return new ComparedSide(
                one.overview().namespace(),
                one.overview().name(),
                measured.totals().cycles());
    }

    private static ComparedMeasure measure(Line line) {
        return new ComparedMeasure(
                line.measure(),
                line.before(),
                line.after(),
                line.difference().isEmpty() ? null : line.difference(),
                switch (line.change()) {
                    case BETTER -> ComparedChange.better;
                    case WORSE -> ComparedChange.worse;
                    case NO_DIFFERENCE -> ComparedChange.no_difference;
                    case TOO_FEW_CYCLES -> ComparedChange.too_few_cycles;
                    case NOT_KNOWN -> ComparedChange.not_known;
                },
                ComparisonText.words(line));
    }
}
