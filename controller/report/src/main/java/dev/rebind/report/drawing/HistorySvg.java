package dev.rebind.report.drawing;

import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import dev.rebind.report.drawing.CycleHistory.Bin;
import java.io.IOException;
import java.util.List;

/** All cycles of an experiment from left to right: outcomes as stacked bars, verdicts above them, downtimes below. */
public final class HistorySvg {
    private static final int WIDTH = 900;
    private static final int LEFT = 70;
    private static final int BARS_TOP = 26;
    private static final int BARS = 60;
    private static final int TIMES_TOP = 110;
    private static final int TIMES = 50;
    private static final int MOST = 200;

    private HistorySvg() {}

    public static void write(Markup html, CycleHistory history) throws IOException {
        List<Bin> bins = history.bins(MOST);
        double most = bins.stream()
                .mapToDouble(Bin::mostMs)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
        boolean times = Double.isFinite(most);
        int height = times ? TIMES_TOP + TIMES + 22 : BARS_TOP + BARS + 22;
        html.leaf("h3", "All " + history.size() + " cycles, from the first to the last");
        html.start("ul", "class", "legend");
        html.leaf("li", "blue: bound").leaf("li", "orange: bind failed").leaf("li", "red mark above: did not pass");
        if (times) {
            html.leaf("li", "below: downtime, line: median, band: shortest to longest");
        }
        html.end("ul");
        html.scrolling("All cycles");
        html.start(
                "svg",
                "class",
                "wide",
                "viewBox",
                "0 0 " + WIDTH + " " + height,
                "role",
                "img",
                "aria-label",
                "Outcomes of all cycles");
        html.leaf("text", "outcome", "x", "0", "y", Svg.n(BARS_TOP + BARS / 2.0), "class", "t-soft");
        double step = (double) (WIDTH - LEFT) / bins.size();
        for (int i = 0; i < bins.size(); i++) {
            bar(html, bins.get(i), LEFT + i * step, step);
        }
        html.leaf("text", "1", "x", Svg.n(LEFT), "y", Svg.n(height - 6), "class", "t-soft");
        html.leaf(
                "text",
                Integer.toString(history.size()),
                "x",
                Svg.n(WIDTH),
                "y",
                Svg.n(height - 6),
                "text-anchor",
                "end",
                "class",
                "t-soft");
        if (times) {
            downtimes(html, bins, step, most);
        }
        html.end("svg").end("div").line();
    }

    private static void bar(Markup html, Bin bin, double x, double step) throws IOException {
        double bound = (double) BARS * bin.bound() / bin.cycles();
        double failed = (double) BARS * bin.failed() / bin.cycles();
        double width = Math.max(step - (step > 3 ? 1 : 0), 0.5);
        html.start("g")
                .leaf(
                        "title",
                        "cycles " + (bin.first() + 1) + " to " + (bin.first() + bin.cycles()) + ": " + bin.bound()
                                + " bound, " + bin.failed() + " failed, " + bin.notPassed() + " did not pass");
        Svg.rect(html, "o-none", x, BARS_TOP, width, BARS - bound - failed);
        Svg.rect(html, "o-failed", x, BARS_TOP + BARS - bound - failed, width, failed);
        Svg.rect(html, "o-bound", x, BARS_TOP + BARS - bound, width, bound);
        if (bin.notPassed() > 0) {
            Svg.rect(html, "o-bad", x, BARS_TOP - 14, Math.max(width, 3), 10);
        }
        html.end("g");
    }

    private static void downtimes(Markup html, List<Bin> bins, double step, double most) throws IOException {
        html.leaf("text", "downtime", "x", "0", "y", Svg.n(TIMES_TOP + TIMES / 2.0), "class", "t-soft");
        html.leaf("text", Amounts.duration(most), "x", Svg.n(LEFT), "y", Svg.n(TIMES_TOP - 4), "class", "t-soft");
        double scale = TIMES / Math.max(most, 1e-3);
        var median = new StringBuilder();
        boolean gap = true;
        for (int i = 0; i < bins.size(); i++) {
            Bin bin = bins.get(i);
            if (Float.isNaN(bin.medianMs())) {
                gap = true;
                continue;
            }
            double x = LEFT + i * step;
            double top = TIMES_TOP + TIMES - bin.mostMs() * scale;
            Svg.rect(html, "range", x, top, step, Math.max(1, (bin.mostMs() - bin.leastMs()) * scale));
            median.append(gap ? 'M' : 'L').append(Svg.n(x + step / 2)).append(' ');
            median.append(Svg.n(TIMES_TOP + TIMES - bin.medianMs() * scale));
            gap = false;
        }
        html.start("path", "class", "median", "d", median.toString()).end();
    }
}
