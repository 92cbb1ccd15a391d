package dev.rebind.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.record.RecordBuilder;
import dev.rebind.record.RecordWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordCacheTest {
    @TempDir
    Path folder;

    private final RecordCache cache = new RecordCache(4);
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("cycles.jsonl");
    }

    private void write(int... cycles) throws IOException {
        try (var writer = RecordWriter.append(file)) {
            for (int cycle : cycles) {
                writer.write(new RecordBuilder("one", cycle)
                        .sample(1, "server", Map.of("LISTEN", 1))
                        .build());
            }
        }
    }

    private List<byte[]> briefs(RecordLog log) throws IOException {
        List<byte[]> briefs = new ArrayList<>();
        try (var cursor = log.open()) {
            for (byte[] line = cursor.next(); line != null; line = cursor.next()) {
                briefs.add(cache.brief(log, cursor, line));
            }
        }
        return briefs;
    }

    private long cycle(RecordLog log, long cycle) throws IOException {
        byte[] line = cache.line(log, cycle);
        return line == null ? -1 : RecordLog.parse(line).cycle();
    }

    @Test
    @DisplayName("When several read a record briefly, then it is made brief once for all of them")
    void briefOnce() throws IOException {
        write(1, 2, 3);
        List<byte[]> first = briefs(RecordLog.whole(file));
        List<byte[]> second = briefs(RecordLog.whole(file));
        assertThat(first).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(second.get(i)).isSameAs(first.get(i));
            assertThat(RecordLog.parse(first.get(i)).timeline()).isNull();
            assertThat(RecordLog.parse(first.get(i)).cycle()).isEqualTo(i + 1);
        }
    }

    @Test
    @DisplayName("When there are more records than are kept, then those used longest ago are made brief again")
    void bounded() throws IOException {
        write(1, 2, 3, 4, 5);
        List<byte[]> first = briefs(RecordLog.whole(file));
        List<byte[]> second = briefs(RecordLog.whole(file));
        assertThat(second.getFirst()).isNotSameAs(first.getFirst()).isEqualTo(first.getFirst());
    }

    @Test
    @DisplayName("When a cycle is asked for, then its record comes, whatever the order in which cycles ended")
    void byCycle() throws IOException {
        RecordLog log = RecordLog.whole(file);
        assertThat(cycle(log, 1)).isEqualTo(-1);
        write(2, 1, 4);
        assertThat(cycle(log, 4)).isEqualTo(4);
        assertThat(cycle(log, 3)).isEqualTo(-1);
        write(3, 5);
        for (int cycle = 5; cycle >= 1; cycle--) {
            assertThat(cycle(log, cycle)).isEqualTo(cycle);
        }
        assertThat(cycle(log, 6)).isEqualTo(-1);
    }

    @Test
    @DisplayName("When a cycle was asked for before, then nothing that comes before it in the file is read again")
    void notFromTheStart() throws IOException {
        write(1, 2);
        long firstLine = Files.readAllLines(file).getFirst().length();
        RecordLog log = RecordLog.whole(file);
        assertThat(cycle(log, 2)).isEqualTo(2);
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            // Whoever parsed this line would fail.
            channel.write(ByteBuffer.wrap("x".repeat((int) firstLine).getBytes(StandardCharsets.US_ASCII)));
        }
        write(3);
        assertThat(cycle(log, 2)).isEqualTo(2);
        assertThat(cycle(log, 3)).isEqualTo(3);
    }

    @Test
    @DisplayName("When another file has taken the place of the one that was read, then its records come")
    void replaced() throws IOException {
        write(1, 2, 3);
        RecordLog log = RecordLog.whole(file);
        assertThat(cycle(log, 3)).isEqualTo(3);
        Files.delete(file);
        write(3, 1);
        assertThat(cycle(log, 3)).isEqualTo(3);
        assertThat(cycle(log, 1)).isEqualTo(1);
    }

    @Test
    @DisplayName("When experiments share a file, then each finds its own cycles")
    void parts() throws IOException {
        write(1);
        long from = Files.size(file);
        var before = new RecordLog(file, 0, () -> from);
        write(1, 2);
        var mine = new RecordLog(file, from, () -> Long.MAX_VALUE);
        assertThat(cycle(before, 2)).isEqualTo(-1);
        assertThat(cycle(mine, 2)).isEqualTo(2);
    }
}
