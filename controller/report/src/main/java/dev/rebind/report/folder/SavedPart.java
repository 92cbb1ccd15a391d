package dev.rebind.report.folder;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Totals;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The totals of one experiment's records in {@code cycles.jsonl}, and where they are.
 *
 * @param from offset of the first line
 * @param to offset of the first byte after the last line
 * @param last the last record, without its timeline; null where there is none
 * @param modes restart modes of the cycles, in the order in which they first came
 * @param cells whether the cycles are pairs of bare sockets
 * @param startedAt the first moment in a record; null where no record has one
 * @param endedAt the last moment in a record; null where no record has one
 */
public record SavedPart(
        Totals totals,
        long from,
        long to,
        @Nullable CycleRecord last,
        Set<String> modes,
        boolean cells,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt) {
    static final SavedPart NONE = new SavedPart(Totals.NONE, 0, 0, null, Set.of(), false, null, null);

    static SavedPart first(CycleRecord record, long from, long to) {
        return new SavedPart(Totals.NONE, from, from, null, Set.of(), false, null, null).plus(record, to);
    }

    /** Returns this part with one more record, whose line ends at offset {@code to}. */
    SavedPart plus(CycleRecord record, long to) {
        Set<String> with = modes;
        if (!modes.contains(record.restart())) {
            with = new LinkedHashSet<>(modes);
            with.add(record.restart());
        }
        return new SavedPart(
                totals.plus(record),
                from,
                to,
                record.brief(null),
                with,
                cells || record.cell() != null,
                startedAt == null ? moments(record).min(Instant::compareTo).orElse(null) : startedAt,
                Stream.concat(Stream.ofNullable(endedAt), moments(record))
                        .max(Instant::compareTo)
                        .orElse(null));
    }

    private static Stream<Instant> moments(CycleRecord record) {
        return Stream.of(record.stoppedAt(), record.failedAt(), record.boundAt())
                .filter(moment -> moment != null)
                .map(moment -> moment);
    }
}
