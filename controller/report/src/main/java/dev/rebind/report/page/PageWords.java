package dev.rebind.report.page;

import dev.rebind.record.CycleRecord;
import dev.rebind.record.Verdict;
import dev.rebind.report.CommandTarget;
import dev.rebind.report.Markup;
import dev.rebind.report.OutcomeWords;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Texts that several parts of the page share. */
final class PageWords {
    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** A longer command is cut. The experiment's text on the page has the whole command. */
    private static final int LONGEST_COMMAND = 300;

    private PageWords() {}

    static String when(Instant instant) {
        return WHEN.format(instant);
    }

    /** Writes a verdict as a sign and a word, so that it does not depend on colour. */
    static void badge(Markup html, Verdict verdict) throws IOException {
        badge(html, verdict, "");
    }

    /**
     * Writes a verdict.
     *
     * @param style further CSS classes with a space at the end, or the empty string
     */
    static void badge(Markup html, Verdict verdict, String style) throws IOException {
        String sign = switch (verdict) {
            case Pass -> "\u2713 ";
            case Fail -> "\u2717 ";
            case Inconclusive -> "? ";
            case Error -> "! ";
        };
        html.leaf("span", sign + verdict.name(), "class", style + "badge " + verdict.name());
    }

    /** Writes the command that was restarted, and where it listens. */
    static void command(Markup html, CommandTarget command) throws IOException {
        html.start("p", "class", "command").leaf("code", command.command(LONGEST_COMMAND));
        html.text(", " + command.place()).end("p").line();
    }

    /** The result of the restart, with its cause where it has one. */
    static String outcome(CycleRecord cycle) {
        return OutcomeWords.of(cycle)
                + (cycle.cause() == null ? "" : ": " + cycle.cause().name());
    }

    /** Names the server of this number by its part in the cycle. Servers are not counted like cycles, so a number would mislead. */
    static String server(CycleRecord cycle, @Nullable Integer number) {
        if (number == null) {
            return "";
        }
        if (cycle.generations() == null || cycle.generations().old() == number) {
            return cycle.cell() == null ? "old server" : "old socket";
        }
        return cycle.generations().fresh() == number ? "new server" : "earlier server";
    }

    static String of(int done, @Nullable Integer planned) {
        return planned == null || planned == done ? Integer.toString(done) : done + " of " + planned;
    }
}
