package dev.rebind.report;

import dev.rebind.record.CycleRecord;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Explains why the downtimes of similar restarts differ, where they differ so much that a reader would wonder. */
public final class DowntimeWords {
    private static final double TIMES = 2;
    private static final double APART_MS = 500;

    private DowntimeWords() {}

    /** Explains the downtimes of similar cycles: how much of the shortest and of the longest the server itself took. */
    public static Optional<String> of(List<CycleRecord> alike) {
        List<CycleRecord> measured = alike.stream()
                .filter(cycle -> cycle.downtimeMs() != null)
                .sorted(Comparator.comparingDouble(DowntimeWords::ms))
                .toList();
        if (measured.size() < 2) {
            return Optional.empty();
        }
        CycleRecord shortest = measured.getFirst();
        CycleRecord longest = measured.getLast();
        Optional<Duration> least = shortest.stopToBound();
        Optional<Duration> most = longest.stopToBound();
        if (!surprises(ms(shortest), ms(longest)) || least.isEmpty() || most.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("The downtimes differ: the new server was bound " + text(least.get())
                + " after the order to stop in the shortest, and " + text(most.get()) + " in the longest.");
    }

    /** Says what a downtime consists of; empty where the figures lie close together. */
    public static Optional<String> of(@Nullable Distribution downtimeMs) {
        return downtimeMs == null || !surprises(downtimeMs.p50(), downtimeMs.max())
                ? Optional.empty()
                : Optional.of(
                        "A downtime is the time that the old server takes to stop and the new one to start, that its"
                                + " bind is blocked, and that clients take to connect again. The stop differs most: a server that"
                                + " does not end is killed when its grace period is over.");
    }

    private static double ms(CycleRecord measured) {
        return Objects.requireNonNull(measured.downtimeMs());
    }

    private static boolean surprises(double least, double most) {
        return most >= TIMES * least && most - least >= APART_MS;
    }

    private static String text(Duration duration) {
        return Amounts.duration(duration.toNanos() / 1e6);
    }
}
