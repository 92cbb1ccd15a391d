package dev.rebind.report.drawing;

import dev.rebind.record.CycleRecord;
import dev.rebind.report.Amounts;
import dev.rebind.report.Markup;
import dev.rebind.report.drawing.Timeline.Bar;
import dev.rebind.report.drawing.Timeline.Lane;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Draws a {@link Timeline}: generations, the states of both sides, the failed bind and the release. */
public final class TimelineSvg {
    private static final Set<String> COLOURED =
            Set.of("LISTEN", "ESTABLISHED", "TIME_WAIT", "FIN_WAIT_2", "FIN_WAIT_1", "CLOSE_WAIT");
    private static final int WIDTH = 900;
    private static final int LEFT = 150;
    private static final int RIGHT = WIDTH - 20;
    /** The room above the lanes, for two rows of labels: one for the window, one for the failed bind. */
    private static final int TOP = 40;

    private static final int LANE = 24;

    private final Markup html;
    private final Timeline timeline;
    private final TimeScale scale;
    private int y = TOP;

    private TimelineSvg(Markup html, Timeline timeline) {
        this.html = html;
        this.timeline = timeline;
        scale = new TimeScale(timeline.fromMs(), timeline.toMs(), LEFT, RIGHT);
    }

    public static void write(Markup html, Timeline timeline) throws IOException {
        new TimelineSvg(html, timeline).write();
    }

    private void write() throws IOException {
        List<Lane> lanes = timeline.lanes();
        int bottom = TOP + (1 + lanes.size()) * LANE + 4;
        html.start(
                "svg",
                "class",
                "wide",
                "viewBox",
                "0 0 " + WIDTH + " " + (bottom + 40),
                "role",
                "img",
                "aria-label",
                "States of the sockets over time");
        axis(bottom);
        window(bottom);
        servers();
        for (Lane lane : lanes) {
            y += LANE;
            lane(lane);
        }
        release(bottom);
        html.end("svg");
    }

    private void axis(int bottom) throws IOException {
        double last = Double.NEGATIVE_INFINITY;
        for (double tick : scale.ticks()) {
            double x = scale.x(tick);
            Svg.line(html, tick == 0 ? "zero" : "axis", x, TOP - 4, x, bottom);
            if (x - last > 52) {
                new LabelRow(WIDTH)
                        .add("t-soft", tick == 0 ? "stop" : TimeScale.label(tick), x)
                        .write(html, bottom + 16);
                last = x;
            }
        }
        Svg.text(
                html,
                "t-soft",
                RIGHT,
                bottom + 33,
                "end",
                scale.logarithmic() ? "time after the stop, logarithmic" : "time after the stop");
    }

    private void window(int bottom) throws IOException {
        Double earliest = timeline.earliestMs();
        Double latest = timeline.latestMs();
        if (earliest != null && latest != null) {
            double x = scale.x(earliest);
            Svg.rect(html, "window", x, TOP - 4, Math.max(2, scale.x(latest) - x), bottom - TOP + 4);
            Svg.text(html, "t-soft", x - 4, TOP - 26, "end", "release window \u2192");
        }
    }

    private void servers() throws IOException {
        CycleRecord cycle = timeline.cycle();
        Svg.text(html, "t-soft", 0, y + 15, "start", "servers");
        bar("g-old", timeline.fromMs(), 0, "old", "old server");
        Double bound = timeline.boundMs();
        if (bound != null) {
            String name = "new server, bound after " + Amounts.duration(bound);
            bar("g-new", bound, timeline.seenMs(), "new", name);
            unseen(timeline.seenMs(), timeline.toMs(), name);
        }
        Double failed = timeline.failedMs();
        if (failed != null) {
            double x = scale.x(failed);
            Double free = timeline.boundMs() != null ? timeline.boundMs() : timeline.latestMs();
            if (free != null) {
                Svg.line(html, "blocked", x, y + 10, scale.x(free), y + 10);
            }
            html.start("g").leaf("title", "first bind failed after " + Amounts.duration(failed));
            Svg.line(html, "mark", x - 5, y + 5, x + 5, y + 15);
            Svg.line(html, "mark", x - 5, y + 15, x + 5, y + 5);
            html.end("g");
            Integer failures = cycle.bindFailures();
            new LabelRow(WIDTH)
                    .add("", failures != null && failures > 1 ? failures + " failed binds" : "bind failed", x)
                    .write(html, TOP - 10);
        }
    }

    private void lane(Lane lane) throws IOException {
        Svg.text(
                html,
                "t-soft",
                0,
                y + 15,
                "start",
                (lane.side().equals("server") ? "server " : "client ") + lane.state());
        String style = "s-" + (COLOURED.contains(lane.state()) ? lane.state() : "other");
        for (Bar bar : lane.bars()) {
            bar(
                    style,
                    bar.fromMs(),
                    bar.toMs(),
                    Integer.toString(bar.sockets()),
                    bar.sockets() + " in " + lane.state() + " from " + Amounts.duration(bar.fromMs()) + " to "
                            + Amounts.duration(bar.toMs()));
        }
    }

    private void bar(String style, double fromMs, double toMs, String label, String title) throws IOException {
        double x = scale.x(fromMs);
        double width = Math.max(2, scale.x(toMs) - x);
        html.start("g").leaf("title", title);
        Svg.rect(html, style, x, y + 2, width, LANE - 6);
        if (width > 8 + 7 * label.length()) {
            Svg.text(html, "t-on", x + 5, y + 15, "start", label);
        }
        html.end("g");
    }

    /** Draws the time of a bound generation during which nobody looked at the port. */
    private void unseen(double fromMs, double toMs, String name) throws IOException {
        double x = scale.x(fromMs);
        double width = scale.x(toMs) - x;
        if (width > 3) {
            html.start("g").leaf("title", name + "; nobody looked at this time");
            Svg.rect(html, "unseen", x, y + 2.5, width, LANE - 7);
            html.end("g");
        }
    }

    private void release(int bottom) throws IOException {
        mark("predicted", timeline.predictedMs(), bottom, "predicted");
        mark("actual", timeline.actualMs(), bottom, "seen free");
    }

    private void mark(String style, @Nullable Double ms, int bottom, String what) throws IOException {
        if (ms != null) {
            html.start("g").leaf("title", what + " after " + Amounts.duration(ms));
            Svg.line(html, style, scale.x(ms), TOP - 4, scale.x(ms), bottom);
            html.end("g");
        }
    }
}
