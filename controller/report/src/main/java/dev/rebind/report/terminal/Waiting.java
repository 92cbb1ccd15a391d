package dev.rebind.report.terminal;

import dev.rebind.report.Amounts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A wait for a port.
 *
 * @param free when the port is free; null where nothing tells
 * @param latest whether that is the latest moment at which it is, and it may be free before
 * @param tries how often a bind was tried, with the one under way; null where nobody knows
 */
public record Waiting(
        @Nullable Instant free, boolean latest, @Nullable Integer tries) {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    /** {@code free in about 41 s, at 10:03:24, try 19}. */
    public String text(Instant now, ZoneId zone) {
        String tried = tries == null ? "" : ", try " + Amounts.grouped(tries);
        if (free == null) {
            return "waiting; nothing tells when the port is free" + tried;
        }
        long seconds = Math.round(Duration.between(now, free).toMillis() / 1e3);
        String clock = CLOCK.format(free.atZone(zone));
        if (seconds < 0) {
            return "not free yet, though it was to be at " + clock + tried;
        }
        return "free in " + (latest ? "at most " : "about ") + Amounts.wholeSeconds(seconds)
                + (latest ? ", by " : ", at ") + clock + tried;
    }
}
