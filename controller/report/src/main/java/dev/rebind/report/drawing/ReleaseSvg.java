package dev.rebind.report.drawing;

import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.report.Markup;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Draws the window of a release, with the predicted moment and the moment when the release was seen. */
public final class ReleaseSvg {
    private static final int WIDTH = 900;
    private static final int LEFT = 40;
    private static final int RIGHT = WIDTH - 40;
    private static final int TOP = 22;
    private static final int BAND = 26;

    private ReleaseSvg() {}

    /** Whether a release was seen and has a window to compare it with. */
    public static boolean shows(ReleaseTimes release) {
        return release.actualMs() != null && release.earliestMs() != null && release.latestMs() != null;
    }

    /** @param release one for which {@link #shows} is true */
    public static void write(Markup html, ReleaseTimes release) throws IOException {
        Double earliest = release.earliestMs();
        Double latest = release.latestMs();
        Double actual = release.actualMs();
        if (earliest == null || latest == null || actual == null) {
            throw new IllegalArgumentException("a release without a window, or one that was not seen");
        }
        double span = Math.max(latest - earliest, 1);
        double from = Math.min(earliest, actual) - span / 20;
        double to = Math.max(latest, actual) + span / 20;
        html.start(
                "svg",
                "class",
                "wide",
                "viewBox",
                "0 0 " + WIDTH + " " + (TOP + BAND + 40),
                "role",
                "img",
                "aria-label",
                "The release within its window");
        double left = x(earliest, from, to);
        double right = x(latest, from, to);
        Svg.rect(html, "window", left, TOP, Math.max(2, right - left), BAND);
        new LabelRow(WIDTH)
                .add("t-soft", seconds(earliest), left)
                .add("t-soft", seconds(latest), right)
                .write(html, TOP + BAND + 15);
        new LabelRow(WIDTH)
                .add("t-soft", "after the failed bind", (left + right) / 2)
                .write(html, TOP + BAND + 32);
        mark(html, "predicted", release.predictedMs(), from, to);
        Double still = release.lastFailedMs();
        if (still != null) {
            // The port was released between the two moments; the later one is when the release was seen.
            Svg.rect(
                    html,
                    "window",
                    x(Math.max(still, from), from, to),
                    TOP + BAND / 3.0,
                    Math.max(1, x(actual, from, to) - x(Math.max(still, from), from, to)),
                    BAND / 3.0);
        }
        mark(html, "actual", actual, from, to);
        double at = x(actual, from, to);
        String text = "seen " + seconds(actual)
                + (release.predictedMs() == null
                        ? ", not predicted to a point"
                        : String.format(Locale.ROOT, ", %+.1f ms from the prediction", actual - release.predictedMs()));
        new LabelRow(WIDTH).add("", text, at).write(html, 14);
        html.end("svg");
    }

    private static void mark(Markup html, String style, @Nullable Double ms, double from, double to)
            throws IOException {
        if (ms != null) {
            Svg.line(html, style, x(ms, from, to), TOP - 4, x(ms, from, to), TOP + BAND + 4);
        }
    }

    private static double x(double ms, double from, double to) {
        return LEFT + (ms - from) / (to - from) * (RIGHT - LEFT);
    }

    private static String seconds(double ms) {
        return String.format(Locale.ROOT, "%.3f s", ms / 1_000);
    }
}
