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
 * @param free when the port is expected to be free; null where that is not known
 * @param latest whether {@code free} is the latest possible moment, so that the port may be free earlier
 * @param tries number of binds tried, including the present one; null where nobody knows
 */
public record Waiting(
        @Nullable Instant free, boolean latest, @Nullable Integer tries) {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    /** The wait in words, for example {@code free in about 41 s, at 10:03:24, try 19}. */
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
