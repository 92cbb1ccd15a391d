package dev.rebind.report.terminal;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.record.bind.Reuse;
import dev.rebind.report.Amounts;
import dev.rebind.report.DowntimeWords;
import dev.rebind.report.LeftWords;
import dev.rebind.report.OutcomeWords;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A row of the table: one cycle, or several that differ only in numbers. */
record Row(
        String experiment,
        String restart,
        String closedBy,
        String reuse,
        String residue,
        String outcome,
        String cause,
        String downtime,
        Verdict verdict,
        String sentence) {

    /** The values that cycles must share to appear in one row. */
    private record Shape(
            String experiment,
            String restart,
            String closedBy,
            @Nullable Reuse reuse,
            Set<String> residue,
            boolean unreadable,
            String outcome,
            @Nullable String cause,
            Verdict verdict) {
        static Shape of(CycleRecord record) {
            return new Shape(
                    record.experiment(),
                    record.restart(),
                    record.closedBy(),
                    record.reuse(),
                    record.residue() == null ? Set.of() : record.residue().keySet(),
                    record.residue() == null,
                    OutcomeWords.kind(record),
                    record.cause() == null ? null : record.cause().name(),
                    record.verdict());
        }
    }

    /** Makes one row for each cycle. */
    static List<Row> each(Collection<CycleRecord> records, Terminal terminal) {
        return records.stream().map(record -> of(List.of(record), terminal)).toList();
    }

    /** Makes one row for each group of similar cycles. */
    static List<Row> alike(Collection<CycleRecord> records, Terminal terminal) {
        var shapes = new LinkedHashMap<Shape, List<CycleRecord>>();
        for (CycleRecord record : records) {
            shapes.computeIfAbsent(Shape.of(record), _ -> new ArrayList<>()).add(record);
        }
        return shapes.values().stream().map(alike -> of(alike, terminal)).toList();
    }

    private static Row of(List<CycleRecord> alike, Terminal terminal) {
        CycleRecord first = alike.getFirst();
        String sentence = Terminal.printable(first.explanation());
        sentence += LeftWords.fewer(first).map(why -> " " + why).orElse("");
        if (first.name() != null) {
            sentence = Terminal.printable(first.name()) + ": " + sentence;
        }
        if (alike.size() > 1) {
            sentence = "The first of them: " + sentence
                    + DowntimeWords.of(alike).map(why -> " " + why).orElse("");
        }
        return new Row(
                Terminal.printable(first.experiment())
                        + (alike.size() > 1 ? " " + terminal.times() + alike.size() : ""),
                first.restart(),
                first.closedBy(),
                first.reuse() == null ? terminal.nothing() : Amounts.reuse(first.reuse(), terminal.arrow()),
                residue(alike, terminal),
                OutcomeWords.of(alike),
                first.cause() == null ? terminal.nothing() : first.cause().name(),
                downtime(alike, terminal),
                first.verdict(),
                sentence);
    }

    private static String residue(List<CycleRecord> alike, Terminal terminal) {
        if (alike.getFirst().residue() == null) {
            return alike.getFirst().unreadable() == null ? terminal.nothing() : "unreadable";
        }
        var least = new TreeMap<String, Integer>();
        var most = new TreeMap<String, Integer>();
        for (CycleRecord record : alike) {
            if (record.residue() != null) {
                record.residue().forEach((state, count) -> {
                    least.merge(state, count, Math::min);
                    most.merge(state, count, Math::max);
                });
            }
        }
        var text = new ArrayList<String>();
        for (Map.Entry<String, Integer> state : least.entrySet()) {
            Integer high = most.get(state.getKey());
            text.add(state.getKey() + " " + state.getValue() + (state.getValue().equals(high) ? "" : "-" + high));
        }
        return text.isEmpty() ? "none" : String.join(", ", text);
    }

    private static String downtime(List<CycleRecord> alike, Terminal terminal) {
        double[] measured = alike.stream()
                .map(CycleRecord::downtimeMs)
                .filter(java.util.Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return switch (measured.length) {
            case 0 -> terminal.nothing();
            case 1 -> Amounts.duration(measured[0]);
            default -> Amounts.duration(measured[0]) + " to " + Amounts.duration(measured[measured.length - 1]);
        };
    }

    List<String> cells() {
        return List.of(experiment, restart, closedBy, reuse, residue, outcome, cause, downtime, verdict.name());
    }
}
