package dev.rebind.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.bind.Blocking;
import dev.rebind.record.bind.ReleaseTimes;
import dev.rebind.record.clients.ClientView;
import dev.rebind.report.Markup;
import dev.rebind.report.drawing.Timeline.Bar;
import dev.rebind.report.drawing.Timeline.Lane;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawingTest {
    @Test
    @DisplayName(
            "When counts change, then each count is a bar, and the last one ends with the last thing that was seen")
    void lanes() {
        var timeline = new Timeline(SampleRecords.serverClosesFirst());

        assertThat(timeline.lanes())
                .containsExactly(
                        new Lane("server", "ESTABLISHED", List.of(new Bar(-5, 3.5, 20))),
                        new Lane("server", "LISTEN", List.of(new Bar(-5, 3.5, 1))),
                        new Lane("server", "FIN_WAIT_2", List.of(new Bar(3.5, 6.1, 8))),
                        new Lane("server", "TIME_WAIT", List.of(new Bar(3.5, 6.1, 12), new Bar(6.1, 41, 20))),
                        new Lane("client", "ESTABLISHED", List.of(new Bar(-5, 3.5, 20))),
                        new Lane("client", "CLOSE_WAIT", List.of(new Bar(3.5, 6.1, 8))));
        assertThat(timeline.failedMs()).isEqualTo(41);
        assertThat(timeline.earliestMs()).isEqualTo(41 + 60_300.1);
        assertThat(timeline.boundMs()).isNull();
        assertThat(timeline.actualMs()).isNull();
    }

    @Test
    @DisplayName(
            "When the port was free before anybody looked again, then what stood in the way ends there, and the rest"
                    + " does not")
    void untilReleased() {
        var socket = new Blocking("TIME_WAIT", "127.0.0.1:1", "127.0.0.1:2", null, null, null, 1);
        var timeline = new Timeline(new RecordBuilder("freed", 1)
                .failed(40, "bind", Cause.time_wait, socket, socket)
                .release(60_000.0, 60_300.0, 60_100.0, 60_120.0)
                .bound(60_500)
                .sample(0, "server", Map.of("TIME_WAIT", 3, "ESTABLISHED", 1))
                .sample(5, "server", Map.of("TIME_WAIT", 2, "ESTABLISHED", 1))
                .sample(0, "client", Map.of("TIME_WAIT", 1))
                .build());

        assertThat(timeline.lanes())
                .containsExactly(
                        new Lane("server", "ESTABLISHED", List.of(new Bar(0, 60_500, 1))),
                        new Lane("server", "TIME_WAIT", List.of(new Bar(0, 5, 3), new Bar(5, 60_160, 2))),
                        new Lane("client", "TIME_WAIT", List.of(new Bar(0, 60_500, 1))));
    }

    private record Box(String text, double left, double right, double top, double bottom) {
        boolean meets(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }

    private static final Pattern TEXT = Pattern.compile(
            "<text class=\"[^\"]*\" x=\"([^\"]*)\" y=\"([^\"]*)\" text-anchor=\"([a-z]*)\">([^<]*)</text>");

    private static void apart(String svg, String of) {
        List<Box> boxes = TEXT.matcher(svg)
                .results()
                .map(found -> {
                    String text = found.group(4);
                    double x = Double.parseDouble(found.group(1));
                    double y = Double.parseDouble(found.group(2));
                    double width = LabelRow.CHARACTER * text.length();
                    double left = switch (found.group(3)) {
                        case "start" -> x;
                        case "middle" -> x - width / 2;
                        default -> x - width;
                    };
                    // To a tenth, as coordinates are written.
                    return new Box(text, left + 0.1, left + width - 0.1, y - 9, y + 3);
                })
                .toList();
        assertThat(boxes).as(of).isNotEmpty();
        for (int i = 0; i < boxes.size(); i++) {
            Box one = boxes.get(i);
            assertThat(one)
                    .as(of)
                    .satisfies(box ->
                            assertThat(box.left() >= 0 && box.right() <= 900).isTrue());
            for (Box other : boxes.subList(i + 1, boxes.size())) {
                assertThat(one.meets(other)).as("%s: %s and %s", of, one, other).isFalse();
            }
        }
    }

    @Test
    @DisplayName("Whatever the moments of a release are, in any order and distance, no label lies upon another one")
    void labelsApart() throws Exception {
        var random = new Random(4711);
        for (int i = 0; i < 2_000; i++) {
            double earliest = moment(random);
            double latest = earliest + moment(random);
            double actual = random.nextBoolean() ? moment(random) : latest + moment(random) - moment(random);
            Double predicted = random.nextBoolean() ? null : Double.valueOf((earliest + latest) / 2);
            var release = new ReleaseTimes(
                    earliest, latest, predicted, Math.max(0, actual), Math.max(0, actual - moment(random)), null);
            var drawn = new StringWriter();
            ReleaseSvg.write(new Markup(drawn), release);
            apart(drawn.toString(), release.toString());

            double failed = moment(random);
            CycleRecord record = new RecordBuilder("any", 1)
                    .generations(1 + random.nextInt(2_000))
                    .failed(failed, "bind", Cause.time_wait)
                    .bindFailures(1 + random.nextInt(100))
                    .release(release)
                    .bound(failed + (random.nextBoolean() ? Math.max(0, actual) : moment(random)))
                    .sample(-moment(random) / 100, "server", Map.of("ESTABLISHED", 1 + random.nextInt(200)))
                    .sample(moment(random) / 1_000, "server", Map.of("TIME_WAIT", 1 + random.nextInt(200)))
                    .build();
            var states = new StringWriter();
            TimelineSvg.write(new Markup(states), new Timeline(record));
            apart(states.toString(), record.toString());
        }
    }

    /** In milliseconds, from a tenth to some minutes. */
    private static double moment(Random random) {
        return Math.round(Math.pow(10, random.nextDouble() * 6.5)) / 10.0;
    }

    @Test
    @DisplayName("When a timeline has nothing but the stop, or one instant, then it can be drawn")
    void thin() throws Exception {
        for (CycleRecord record : List.of(
                new RecordBuilder("thin", 1).sample(0, "server", Map.of()).build(),
                new RecordBuilder("thin", 1)
                        .sample(-3, "client", Map.of("LISTEN", 1))
                        .build())) {
            var out = new StringWriter();
            TimelineSvg.write(new Markup(out), new Timeline(record));
            assertThat(out.toString()).startsWith("<svg").endsWith("</svg>").doesNotContain("NaN", "Infinity");
        }
    }

    @ParameterizedTest
    @DisplayName("When moments are drawn, then later is further right, within the drawing, on either scale")
    @CsvSource({"-10, 150", "-5, 1999", "-100, 62000", "0, 1", "0, 4000000"})
    void scale(double from, double to) {
        var scale = new TimeScale(from, to, 100, 900);
        double last = 99;
        for (double ms = from; ms <= to; ms += (to - from) / 100) {
            assertThat(scale.x(ms)).isGreaterThan(last).isBetween(100.0, 900.0);
            last = scale.x(ms);
        }
        assertThat(scale.x(from - 1)).isEqualTo(100);
        assertThat(scale.x(to + 1)).isEqualTo(900);
        assertThat(scale.ticks()).isSorted().contains(0.0).hasSizeBetween(2, 12);
    }

    @ParameterizedTest
    @DisplayName(
            "When the states of both ends tell how far a close has come, then so does the picture; else there is none")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            TIME_WAIT   |             | 4 | true
            FIN_WAIT_2  | CLOSE_WAIT  | 2 | true
            FIN_WAIT_1  | ESTABLISHED | 0 | true
            CLOSE_WAIT  | FIN_WAIT_2  | 2 | false
                        | TIME_WAIT   | 4 | false
            ESTABLISHED | ESTABLISHED | 0 | true
            LAST_ACK    | FIN_WAIT_2  | - | -
                        |             | - | -
            TIME_WAIT   | SYN_SENT    | - | -
            """)
    void segments(String server, String client, Integer seen, Boolean serverFirst) {
        CycleRecord record = new RecordBuilder("close", 1)
                .left(states(server), states(client))
                .build();

        assertThat(Segments.of(record).map(Segments::seen).orElse(null)).isEqualTo(seen);
        assertThat(Segments.of(record).map(Segments::serverFirst).orElse(null)).isEqualTo(serverFirst);
    }

    private static Map<String, Integer> states(String state) {
        return state == null ? Map.of() : Map.of(state, 2, "LISTEN", 1);
    }

    @Test
    @DisplayName("When segments were not seen, then they are drawn dashed")
    void unseenSegments() throws Exception {
        CycleRecord halfClosed = new RecordBuilder("close", 1)
                .left(states("FIN_WAIT_2"), states("CLOSE_WAIT"))
                .build();
        var drawn = new StringWriter();
        SegmentsSvg.write(new Markup(drawn), Segments.of(halfClosed).orElseThrow());
        String style = Files.readString(Path.of("src/main/resources/dev/rebind/report/page/report.css"));

        assertThat(Pattern.compile("class=\"never\"").matcher(drawn.toString()).results())
                .hasSize(2);
        assertThat(style).containsPattern("svg \\.never \\{[^}]*stroke-dasharray");
    }

    @Test
    @DisplayName("When an end was not seen, or has several states, then there is no picture of the close")
    void unknownEnds() {
        assertThat(Segments.of(new RecordBuilder("x", 1)
                        .left(Map.of("TIME_WAIT", 1), null)
                        .build()))
                .isEmpty();
        assertThat(Segments.of(new RecordBuilder("x", 1)
                        .left(Map.of("TIME_WAIT", 1, "FIN_WAIT_2", 1), Map.of())
                        .build()))
                .isEmpty();
        assertThat(Segments.of(SampleRecords.reset()))
                .hasValueSatisfying(reset -> assertThat(reset.reset()).isTrue());
    }

    @Test
    @DisplayName("When cycles are many, then bins hold all of them")
    void history() {
        var history = new CycleHistory();
        for (int i = 1; i <= 1_001; i++) {
            var record = new RecordBuilder("many", i).bound(1);
            history.add((i % 2 == 0 ? record.downtime(i, new ClientView(1, 1, 0, 0, Map.of(), 0L)) : record).build());
        }
        List<CycleHistory.Bin> bins = history.bins(200);

        assertThat(bins).hasSize(167);
        assertThat(bins.stream().mapToInt(CycleHistory.Bin::bound).sum()).isEqualTo(1_001);
        assertThat(bins.getFirst()).isEqualTo(new CycleHistory.Bin(0, 6, 6, 0, 0, 2f, 4f, 6f));
        assertThat(bins.getLast().medianMs()).isEqualTo(998f);
        assertThat(new CycleHistory().bins(10)).isEmpty();
    }
}
