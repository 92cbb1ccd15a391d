package dev.rebind.report.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.text.table.Sheet;
import dev.rebind.record.SampleRecords;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private static Terminal of(Map<String, String> environment, boolean terminal, OptionalInt columns) {
        return Terminal.of(System.out, environment, terminal, columns, StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("When output is no terminal, or NO_COLOR is set, or TERM is dumb, then there is no colour")
    void colour() {
        assertThat(of(Map.of(), true, OptionalInt.of(100)).colour()).isTrue();
        assertThat(of(Map.of("NO_COLOR", ""), true, OptionalInt.of(100)).colour())
                .isTrue();
        assertThat(of(Map.of("NO_COLOR", "1"), true, OptionalInt.of(100)).colour())
                .isFalse();
        assertThat(of(Map.of("TERM", "dumb"), true, OptionalInt.of(100)))
                .satisfies(dumb -> assertThat(dumb.colour() || dumb.live()).isFalse());
        assertThat(of(Map.of(), false, OptionalInt.empty()))
                .satisfies(file -> assertThat(file.colour() || file.live()).isFalse());
    }

    @Test
    @DisplayName("When the width is unknown or extreme, then it is 40 to 200 columns")
    void width() {
        assertThat(of(Map.of(), true, OptionalInt.of(60)).columns()).isEqualTo(60);
        assertThat(of(Map.of(), true, OptionalInt.of(10)).columns()).isEqualTo(40);
        assertThat(of(Map.of(), true, OptionalInt.of(400)).columns()).isEqualTo(200);
        assertThat(of(Map.of("COLUMNS", "90"), true, OptionalInt.of(120)).columns())
                .isEqualTo(120);
        assertThat(of(Map.of("COLUMNS", "90"), false, OptionalInt.empty()).columns())
                .isEqualTo(90);
        assertThat(of(Map.of("COLUMNS", "wide"), true, OptionalInt.empty()).columns())
                .isEqualTo(80);
        assertThat(of(Map.of(), false, OptionalInt.empty()).columns()).isEqualTo(132);
    }

    @Test
    @DisplayName("When nobody says how wide a line of a file may be, then it has no end")
    void lineWidth() {
        assertThat(of(Map.of(), false, OptionalInt.empty()).lineWidth()).isEqualTo(Sheet.ENDLESS);
        assertThat(of(Map.of("COLUMNS", "wide"), false, OptionalInt.empty()).lineWidth())
                .isEqualTo(Sheet.ENDLESS);
        assertThat(of(Map.of("COLUMNS", "60"), false, OptionalInt.empty()).lineWidth())
                .isEqualTo(60);
        assertThat(of(Map.of(), true, OptionalInt.of(60)).lineWidth()).isEqualTo(60);
        assertThat(of(Map.of(), true, OptionalInt.empty()).lineWidth()).isEqualTo(80);
    }

    @Test
    @DisplayName("When the locale's encoding has no arrow, then ASCII is written")
    void encoding() {
        assertThat(of(Map.of(), true, OptionalInt.of(100)).unicode()).isTrue();
        assertThat(Terminal.of(System.out, Map.of(), true, OptionalInt.of(100), StandardCharsets.US_ASCII)
                        .arrow())
                .isEqualTo("->");
    }

    @Test
    @DisplayName("When a test runs without a terminal, then libc says so")
    void libc() {
        assertThat(Tty.isTerminal()).isEqualTo(Tty.columns().isPresent());
    }

    @Test
    @DisplayName(
            "When progress goes to a file, then each cycle has a line; the cells of a truth table do not all have one")
    void plainProgress() {
        Screen screen = Screen.plain(100);
        try (Progress progress = Progress.on(screen.terminal)) {
            progress.experiment("wait-it-out", 2);
            progress.step("wait-it-out", 1, "waiting");
            progress.cycle(SampleRecords.waitItOut(1));
            progress.cycle(SampleRecords.waitItOut(2));
            progress.experiment("matrix", 216);
            SampleRecords.truthTable().forEach(progress::cycle);
        }
        assertThat(screen.lines())
                .startsWith(
                        "wait-it-out 1/2: bound after 61.0 s and 141 tries (time_wait): Pass",
                        "wait-it-out 2/2: bound after 60.4 s and 141 tries (time_wait): Pass")
                .contains("matrix 216/216: "
                        + PlainProgress.result(SampleRecords.truthTable().getLast()))
                .hasSizeLessThan(35);
        assertThat(screen.text()).doesNotContain("\u001B");
    }

    @Test
    @DisplayName("When a cycle waits for its port, then a terminal shows the known end and the try, and a file nothing")
    void waits() {
        Instant now = Instant.parse("2026-01-02T10:02:43Z");
        Instant free = now.plusSeconds(41);
        assertThat(new Waiting(free, false, 19).text(now, ZoneOffset.UTC))
                .isEqualTo("free in about 41 s, at 10:03:24, try 19");
        assertThat(new Waiting(free, true, null).text(now, ZoneOffset.UTC))
                .isEqualTo("free in at most 41 s, by 10:03:24");
        assertThat(new Waiting(free, false, 1_900).text(now.minusSeconds(159), ZoneOffset.UTC))
                .isEqualTo("free in about 3 min 20 s, at 10:03:24, try 1,900");
        assertThat(new Waiting(free, false, 62).text(free.plusSeconds(3), ZoneOffset.UTC))
                .isEqualTo("not free yet, though it was to be at 10:03:24, try 62");
        assertThat(new Waiting(null, false, 2).text(now, ZoneOffset.UTC))
                .isEqualTo("waiting; nothing tells when the port is free, try 2");

        Screen screen = Screen.live(80);
        try (Progress progress = Progress.on(screen.terminal)) {
            progress.experiment("wait-it-out", 2);
            progress.waiting("wait-it-out", 1, new Waiting(Instant.now().plusSeconds(4_000), false, 2));
        }
        assertThat(screen.text())
                .contains("wait-it-out 1/2: free in about 66 min 40 s, at ")
                .contains(", try 2");

        Screen file = Screen.plain(80);
        try (Progress progress = Progress.on(file.terminal)) {
            progress.experiment("wait-it-out", 2);
            progress.waiting("wait-it-out", 1, new Waiting(free, false, 2));
        }
        assertThat(file.text()).isEmpty();
    }

    @Test
    @DisplayName("When progress goes to a terminal, then one line is written over, and stays shorter than the terminal")
    void liveProgress() {
        Screen screen = Screen.live(80);
        try (Progress progress = Progress.on(screen.terminal)) {
            progress.experiment("wait-it-out", 2);
            progress.step(
                    "wait-it-out", 1, "waiting until the port is free, about 60 s from now, give or take ".repeat(2));
            progress.cycle(SampleRecords.waitItOut(1));
            progress.cycle(SampleRecords.wrongCause());
        }
        assertThat(screen.text().split("\n")).hasSize(2);
        assertThat(screen.text().split("\r\u001B\\[K"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(100));
        assertThat(screen.text()).endsWith("\r\u001B[K");
    }
}
