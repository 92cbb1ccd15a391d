package dev.rebind.report.drawing;

import dev.rebind.report.Amounts;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps a moment to its place on a drawing. For a span of up to two seconds the scale is linear. A longer span has to show a close of a few
 * milliseconds and a wait of a minute side by side, so its scale is linear around 0 and logarithmic further out.
 */
final class TimeScale {
    private static final double LINEAR_MS = 2_000;
    /** Distance from 0 at which the scale changes from linear to logarithmic. */
    private static final double KNEE_MS = 5;

    private final double from;
    private final double to;
    private final double left;
    private final double right;
    private final boolean logarithmic;

    TimeScale(double from, double to, double left, double right) {
        this.from = from;
        this.to = to;
        this.left = left;
        this.right = right;
        logarithmic = to - from > LINEAR_MS;
    }

    boolean logarithmic() {
        return logarithmic;
    }

    double x(double ms) {
        double share = (bent(ms) - bent(from)) / (bent(to) - bent(from));
        return left + Math.clamp(share, 0, 1) * (right - left);
    }

    private double bent(double ms) {
        return logarithmic ? Math.signum(ms) * Math.log1p(Math.abs(ms) / KNEE_MS) : ms;
    }

    /** The moments that get a tick, in ascending order; 0 is one of them. */
    List<Double> ticks() {
        var ticks = new ArrayList<Double>();
        if (logarithmic) {
            for (double tick :
                    new double[] {-1_000, -100, -10, 0, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000}) {
                if (tick >= from && tick <= to) {
                    ticks.add(tick);
                }
            }
            return ticks;
        }
        double step = step((to - from) / 6);
        for (double tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
            ticks.add(Math.abs(tick) < step / 2 ? 0 : tick);
        }
        return ticks;
    }

    /** Rounds up to 1, 2, 5 or 10 times a power of ten. */
    private static double step(double about) {
        double power = Math.pow(10, Math.floor(Math.log10(about)));
        double factor = about / power;
        return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    }

    static String label(double ms) {
        double seconds = ms / 1_000;
        if (Math.abs(ms) >= 1_000 && seconds == Math.rint(seconds)) {
            return Math.round(seconds) + " s";
        }
        return ms == Math.rint(ms) ? Math.round(ms) + " ms" : Amounts.duration(ms);
    }
}
