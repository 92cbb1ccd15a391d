package dev.rebind.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordLogTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("cycles.jsonl");
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static @Nullable String next(RecordLog.Cursor cursor) throws IOException {
        byte[] line = cursor.next();
        return line == null ? null : new String(line, StandardCharsets.UTF_8);
    }

    private static List<String> rest(RecordLog.Cursor cursor) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = next(cursor); line != null; line = next(cursor)) {
            lines.add(line);
        }
        return lines;
    }

    @Test
    @DisplayName("When the file is not there yet, then its lines come once it is")
    void later() throws IOException {
        try (var cursor = RecordLog.whole(file).open()) {
            assertThat(next(cursor)).isNull();
            append("one\n");
            assertThat(next(cursor)).isEqualTo("one");
            assertThat(next(cursor)).isNull();
        }
    }

    @Test
    @DisplayName("When a line is being written, then it comes once it is whole")
    void growing() throws IOException {
        append("one\ntw");
        try (var cursor = RecordLog.whole(file).open()) {
            assertThat(rest(cursor)).containsExactly("one");
            append("o");
            assertThat(rest(cursor)).isEmpty();
            append("\nthree\n");
            assertThat(rest(cursor)).containsExactly("two", "three");
            assertThat(cursor.position()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("When lines are longer than what is read at once, then they come whole")
    void longLines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            lines.add(Integer.toString(i % 10).repeat(1 + i * 7_919));
        }
        append(String.join("\n", lines) + "\n");
        try (var cursor = RecordLog.whole(file).open()) {
            assertThat(rest(cursor)).isEqualTo(lines);
        }
    }

    @Test
    @DisplayName("When lines are passed over, then the next one is the one after them")
    void skips() throws IOException {
        append("1\n2\n3\n");
        try (var cursor = RecordLog.whole(file).open()) {
            cursor.skipTo(2);
            assertThat(next(cursor)).isEqualTo("3");
            cursor.skipTo(9);
            assertThat(cursor.position()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("When an experiment has a part of the file, then nothing before or after it comes")
    void part() throws IOException {
        append("before\n");
        long from = Files.size(file);
        append("mine\n");
        long[] end = {Long.MAX_VALUE};
        var log = new RecordLog(file, from, () -> end[0]);
        try (var cursor = log.open()) {
            assertThat(rest(cursor)).containsExactly("mine");
            end[0] = Files.size(file);
            append("after\n");
            assertThat(rest(cursor)).isEmpty();
        }
        try (var cursor = log.open()) {
            assertThat(rest(cursor)).containsExactly("mine");
        }
    }

    @Test
    @DisplayName("When only the cycle's number is wanted, then nothing else of the line is in the way")
    void number() throws IOException {
        assertThat(RecordLog.cycle(
                        "{\"experiment\":\"a\",\"x\":{\"cycle\":9},\"cycle\":7}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(7);
        assertThat(RecordLog.cycle("{\"experiment\":\"a\"}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(-1);
    }
}
