package dev.rebind.report.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.Cause;
import dev.rebind.experiment.cells.Residue;
import dev.rebind.experiment.cells.Stack;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.RecordBuilder;
import dev.rebind.record.SampleRecords;
import dev.rebind.record.clients.ClientView;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
    @ParameterizedTest
    @DisplayName("When the terminal has 40 to 200 columns, then no line is longer")
    @ValueSource(ints = {40, 41, 60, 79, 80, 81, 99, 100, 120, 132, 160, 200})
    void fits(int columns) {
        Screen screen = Screen.plain(columns);

        new Table(screen.terminal).print(SampleRecords.all());

        assertThat(screen.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
        assertThat(String.join(" ", screen.lines()).replaceAll("\\s+", " "))
                .contains("left by the old server, which ran without SO_REUSEADDR.");
    }

    @Test
    @DisplayName("When a cycle is shown, then its row has every column and its sentences stand below")
    void row() {
        Screen screen = Screen.plain(200);

        new Table(screen.terminal).print(List.of(SampleRecords.serverClosesFirst()));

        assertThat(screen.lines().get(0).split(" {2,}"))
                .containsExactly(
                        "experiment",
                        "restart",
                        "closed by",
                        "reuse",
                        "residue",
                        "outcome",
                        "cause",
                        "downtime",
                        "verdict");
        assertThat(screen.lines().get(2).split(" {2,}"))
                .containsExactly(
                        "server-closes-first",
                        "process",
                        "server",
                        "off\u2192off",
                        "TIME_WAIT 20",
                        "failed, as expected",
                        "time_wait",
                        "\u2013",
                        "Pass");
        assertThat(screen.lines().get(3))
                .startsWith("  The new server could not bind 0.0.0.0:18080 (EADDRINUSE, errno 98)");
    }

    @ParameterizedTest
    @DisplayName("When there is no room for columns, then each row is a block, and no word of it is broken")
    @ValueSource(ints = {40, 60, 79})
    void blocks(int columns) {
        Screen screen = Screen.plain(columns);

        new Table(screen.terminal).print(List.of(SampleRecords.serverClosesFirst()));

        assertThat(screen.lines())
                .startsWith(
                        "server-closes-first",
                        "  restart    process",
                        "  closed by  server",
                        "  reuse      off\u2192off",
                        "  residue    TIME_WAIT 20",
                        "  outcome    failed, as expected",
                        "  cause      time_wait",
                        "  verdict    Pass");
    }

    @Test
    @DisplayName("When the truth table does not fit, then its families stand below each other")
    void narrowTruthTable() {
        Screen screen = Screen.plain(40);

        new Table(screen.terminal).print(SampleRecords.truthTable());

        assertThat(screen.lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40))
                .filteredOn(line -> line.startsWith("TIME_WAIT   "))
                .hasSize(Stack.values().length);
    }

    @Test
    @DisplayName("When the locale has ASCII only, then nothing else is written")
    void ascii() {
        Screen screen = Screen.ascii(120);

        new Table(screen.terminal)
                .print(SampleRecords.all().stream()
                        .filter(record -> !record.experiment().startsWith("hostile"))
                        .toList());

        assertThat(screen.text())
                .matches(text -> text.chars().allMatch(c -> c < 128))
                .contains("off->off")
                .doesNotContain("?off");
    }

    @Test
    @DisplayName("When names hold orders for a terminal, then they do not reach it")
    void hostile() {
        Screen screen = Screen.live(120);

        new Table(screen.terminal)
                .print(List.of(new RecordBuilder("a\u001B[2Jb", 1)
                        .named("\u009B31m\u202Ename")
                        .explained("Held by \u001B]0;title\u0007 (pid 1).")
                        .build()));

        assertThat(screen.text().replaceAll("\u001B\\[[0-9;]*m", ""))
                .doesNotContain("\u001B", "\u0007", "\u009B", "\u202E");
    }

    @Test
    @DisplayName(
            "When one row has two states and is a little too wide, then each state has a line, and names stay in their column")
    void states() {
        List<CycleRecord> records = List.of(
                SampleRecords.serverClosesFirst(),
                new RecordBuilder("still", 1)
                        .left(Map.of("ESTABLISHED", 5, "LISTEN", 1), Map.of())
                        .build());
        Screen wide = Screen.plain(200);
        new Table(wide.terminal).print(records);
        Screen narrower = Screen.plain(wide.lines().getFirst().length() - 3);

        new Table(narrower.terminal).print(records);

        assertThat(narrower.lines().getFirst()).startsWith("experiment").contains("closed by");
        assertThat(narrower.lines()).anyMatch(line -> line.startsWith("still ") && line.contains("ESTABLISHED 5, "));
        assertThat(narrower.lines()).anyMatch(line -> line.strip().equals("LISTEN 1"));
    }

    @Test
    @DisplayName("When an experiment has many cycles, then those that are alike share a row")
    void alike() {
        Screen screen = Screen.plain(160);
        List<CycleRecord> records = IntStream.rangeClosed(1, 1000)
                .mapToObj(i -> new RecordBuilder("many", i)
                        .reuse(true, true)
                        .left(Map.of("TIME_WAIT", 1 + i % 5), Map.of())
                        .downtime(100 + i, new ClientView(1, 1, 0, 0, Map.of(), 0L))
                        .build())
                .toList();

        new Table(screen.terminal).print(records);

        assertThat(screen.lines()).hasSize(4);
        assertThat(screen.lines().get(2)).contains("many \u00D71000", "TIME_WAIT 1-5", "101 ms to 1.10 s");
        assertThat(screen.lines().get(3)).startsWith("  The first of them: ");
    }

    @Test
    @DisplayName(
            "When fewer sockets are left than there were connections, or downtimes lie far apart, then it is said why")
    void surprises() {
        Screen screen = Screen.plain(200);
        var clients = new ClientView(50, 50, 49, 1, Map.of(), 0L);

        new Table(screen.terminal)
                .print(IntStream.rangeClosed(1, 20)
                        .mapToObj(i -> new RecordBuilder("kind", i)
                                .left(Map.of("TIME_WAIT", 1), Map.of())
                                .bound(i == 20 ? 10_600 : 190)
                                .downtime(i == 20 ? 10_900 : 210, clients)
                                .build())
                        .toList());

        assertThat(String.join(" ", screen.lines()).replaceAll("\\s+", " "))
                .contains("TIME_WAIT 1 ", "210 ms to 10.9 s")
                .contains("The clients saw 49 resets, and a reset leaves no socket.", "closed with unread data")
                .contains(
                        "The downtimes differ: the new server was bound 190 ms after the order to stop in the shortest,"
                                + " and 10.6 s in the longest.");
    }

    @Test
    @DisplayName("When binds failed and their cycles passed, then no row says only that they failed")
    void neverBareFailed() {
        Screen screen = Screen.plain(200);
        List<CycleRecord> waited = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> new RecordBuilder("wait", i)
                        .failed(10, "bind", Cause.time_wait)
                        .release(60_000d, 61_000d, null, 60_000d + i)
                        .bound(60_010 + 100 * i)
                        .build())
                .toList();

        new Table(screen.terminal).print(SampleRecords.all());
        new Table(screen.terminal).print(waited);

        assertThat(screen.lines())
                .noneMatch(line -> line.matches(".* failed {2,}.*Pass *"))
                .anyMatch(line -> line.contains("  failed, as expected  "))
                .anyMatch(line -> line.matches(".*wait \u00D720 .* bound after 60.1 s to 62.0 s .*Pass *"));
    }

    @Test
    @DisplayName("When the truth table was run, then it is a map, and only what is not as expected has a row")
    void truthTable() {
        Screen screen = Screen.plain(80);

        new Table(screen.terminal).print(SampleRecords.truthTable());

        assertThat(screen.text())
                .contains("matrix: 216 cells, 1 not as expected (rows above)")
                .contains("TIME_WAIT   bbb\u00B7 bbb\u00B7 \u00B7\u00B7\u00B7\u00B7")
                .contains("LISTEN      bbbb bbbb \u00B7\u00B7\u00B7\u00B7")
                .contains("  FIN_WAIT_2, same, dual: Expected bind to fail. Seen: bound.");
        assertThat(screen.lines()).hasSizeLessThan(20);
    }

    @Test
    @DisplayName(
            "When the table has SO_REUSEPORT too, then each pair has a map, and one that is the same as another is not drawn again")
    void truthTableWithReusePort() {
        Screen screen = Screen.plain(80);

        new Table(screen.terminal)
                .print(SampleRecords.truthTableWithReusePort().stream()
                        .filter(record -> record.cell() != null && record.cell().residue() != Residue.FIN_WAIT_2)
                        .toList());

        assertThat(screen.text())
                .contains("matrix: 720 cells, all as expected")
                .containsOnlyOnce("TIME_WAIT   bbb\u00B7 bbb\u00B7 \u00B7\u00B7\u00B7\u00B7")
                .containsOnlyOnce(
                        "LISTEN      \u00B7\u00B7\u00B7\u00B7 \u00B7\u00B7\u00B7\u00B7 \u00B7\u00B7\u00B7\u00B7")
                .contains("SO_REUSEPORT off\u2192off\n")
                .contains("SO_REUSEPORT off\u2192on: the same as off\u2192off\n")
                .contains("SO_REUSEPORT on\u2192off: the same as off\u2192off\n")
                .contains("SO_REUSEPORT on\u2192on\n");
    }
}
