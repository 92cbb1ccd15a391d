package dev.rebind.e2e.checks;

import dev.rebind.experiment.expect.Outcome;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.bind.Reuse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is read from records. */
final class Records {
    static final Reuse OFF = new Reuse(false, false);
    static final Reuse ON = new Reuse(true, true);

    private Records() {}

    /** Seconds from the stop until it was bound at last; null where one of them is not known. */
    static @Nullable Double waited(CycleRecord record) {
        return record.stopToBound().map(Records::seconds).orElse(null);
    }

    /** How long clients were without service, in words. */
    static String downtime(CycleRecord record) {
        Double ms = record.downtimeMs();
        return ms == null ? "an unknown time" : "%.1f s".formatted(ms / 1000);
    }

    static boolean bound(CycleRecord record) {
        return record.outcome() == Outcome.bound;
    }

    static int left(CycleRecord record, String state) {
        return record.residue() == null ? 0 : record.residue().getOrDefault(state, 0);
    }

    static Instant stopped(CycleRecord record) {
        return Objects.requireNonNull(record.stoppedAt(), "stoppedAt");
    }

    /** Seconds from the first stop to the last. */
    static double fromFirstToLast(List<CycleRecord> records) {
        return seconds(Duration.between(stopped(records.getFirst()), stopped(records.getLast())));
    }

    static double perMinute(List<CycleRecord> records) {
        return records.size() < 2 ? 0 : 60 * (records.size() - 1) / fromFirstToLast(records);
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
