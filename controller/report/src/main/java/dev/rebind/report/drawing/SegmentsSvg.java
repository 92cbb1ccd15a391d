package dev.rebind.report.drawing;

import dev.rebind.report.Markup;
import java.io.IOException;

/** Draws {@link Segments} as a sequence diagram: two lifelines, arrows between them, and states beside them. */
public final class SegmentsSvg {
    private static final int WIDTH = 480;
    private static final int SERVER = 125;
    private static final int CLIENT = WIDTH - 125;
    private static final int TOP = 30;
    private static final int STEP = 44;
    private static final int SLOPE = 16;

    private final Markup html;
    private final Segments segments;

    private SegmentsSvg(Markup html, Segments segments) {
        this.html = html;
        this.segments = segments;
    }

    public static void write(Markup html, Segments segments) throws IOException {
        new SegmentsSvg(html, segments).write();
        html.leaf("p", segments.note());
    }

    private void write() throws IOException {
        int rows = segments.reset() ? 1 : 4;
        int bottom = TOP + 20 + rows * STEP + 12;
        html.start(
                "svg",
                "class",
                "close",
                "viewBox",
                "0 0 " + WIDTH + " " + bottom,
                "role",
                "img",
                "aria-label",
                "Server " + segments.server() + ", client " + segments.client() + ": " + segments.note());
        Svg.text(html, "t-soft", SERVER, 14, "middle", "server");
        Svg.text(html, "t-soft", CLIENT, 14, "middle", "client");
        Svg.line(html, "life", SERVER, 20, SERVER, bottom);
        Svg.line(html, "life", CLIENT, 20, CLIENT, bottom);
        if (segments.reset()) {
            arrow(0, true, "RST", true);
            state(true, "CLOSED", TOP + STEP - 8.0, true);
            state(false, "CLOSED", TOP + STEP + 12.0, true);
        } else {
            fourSegments();
        }
        html.end("svg");
    }

    private void fourSegments() throws IOException {
        boolean first = segments.serverFirst();
        arrow(0, first, "1 FIN", segments.seen() >= 1);
        arrow(1, !first, "2 ACK", segments.seen() >= 2);
        arrow(2, !first, "3 FIN", segments.seen() >= 3);
        arrow(3, first, "4 ACK", segments.seen() >= 4);
        states(first, Segments.first(), new double[] {TOP, TOP + 26.0, TOP + STEP + 34.0, TOP + 2 * STEP + 34.0});
        states(!first, Segments.second(), new double[] {TOP, TOP + 30.0, TOP + 2 * STEP + 4.0, TOP + 3 * STEP + 34.0});
    }

    /** Draws the states that the end has reached and marks the present one. */
    private void states(boolean server, java.util.List<String> states, double[] at) throws IOException {
        String now = server ? segments.server() : segments.client();
        for (int i = 0; i < states.size(); i++) {
            boolean present = states.get(i).equals(now);
            state(server, states.get(i), at[i], present);
            if (present) {
                return;
            }
        }
    }

    private void state(boolean server, String state, double y, boolean now) throws IOException {
        double width = 102;
        double x = server ? SERVER - 10 - width : CLIENT + 10;
        Svg.rect(html, now ? "now" : "box", x, y, width, 20);
        Svg.text(html, now ? "" : "t-soft", x + width / 2, y + 14.5, "middle", state);
    }

    private void arrow(int row, boolean fromServer, String label, boolean seen) throws IOException {
        double y = TOP + 14 + row * STEP;
        double from = fromServer ? SERVER : CLIENT;
        double to = fromServer ? CLIENT : SERVER;
        Svg.line(html, seen ? "seg" : "never", from, y, to, y + SLOPE);
        if (seen) {
            double back = fromServer ? -9 : 9;
            html.start(
                            "path",
                            "class",
                            "tip",
                            "d",
                            "M" + Svg.n(to) + " " + Svg.n(y + SLOPE) + "l" + Svg.n(back) + " -5l0 8z")
                    .end();
        }
        Svg.text(
                html,
                seen ? "" : "t-soft",
                (SERVER + CLIENT) / 2.0,
                y + SLOPE / 2.0 - 5,
                "middle",
                seen ? label : label + " (not yet)");
    }
}
