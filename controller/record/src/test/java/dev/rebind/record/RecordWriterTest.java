package dev.rebind.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rebind.record.clients.ClientView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordWriterTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("cycles.jsonl");
    }

    @Test
    @DisplayName("When a record is written, then it can be read at once, by another and before the writer is closed")
    void readWhileWritten() throws Exception {
        try (RecordWriter writer = RecordWriter.create(file())) {
            for (CycleRecord record : SampleRecords.all()) {
                writer.write(record);
            }
            RecordReader.Contents contents = RecordReader.read(file());

            assertThat(contents.torn()).isEmpty();
            assertThat(contents.records()).hasSize(SampleRecords.all().size()).hasSize(writer.written());
            assertThat(contents.records().getFirst()).isEqualTo(SampleRecords.serverClosesFirst());
        }
    }

    @Test
    @DisplayName(
            "When a fact is absent, then it is absent from the line; times have milliseconds, numbers three decimals")
    void form() throws Exception {
        CycleRecord record = new RecordBuilder("form", 1)
                .downtime(60_300.123_456, new ClientView(1, 2, 0, 0, java.util.Map.of(), null))
                .bound(0.0001)
                .build();
        try (RecordWriter writer = RecordWriter.create(file())) {
            writer.write(record);
        }
        assertThat(Files.readString(file()))
                .endsWith("}\n")
                .hasLineCount(1)
                .contains("\"downtimeMs\":60300.123,", "\"stoppedAt\":\"2026-11-22T21:51:07.100Z\"")
                .doesNotContain("null", "errno", "bytesLost", "release");
        assertThat(Json.text(Instant.parse("2026-11-22T21:51:07Z"))).isEqualTo("2026-11-22T21:51:07.000Z");
    }

    @Test
    @DisplayName("When a number is not finite, then the record is refused and the file stays as it was")
    void notANumber() throws Exception {
        CycleRecord record = new RecordBuilder("nan", 7)
                .downtime(Double.NaN, new ClientView(1, 2, 0, 0, java.util.Map.of(), null))
                .build();
        try (RecordWriter writer = RecordWriter.create(file())) {
            assertThatThrownBy(() -> writer.write(record))
                    .isInstanceOf(RecordingException.class)
                    .hasMessageContaining("cycle 7 of nan")
                    .hasMessageContaining(file().toString());
            writer.write(SampleRecords.reset());
        }
        assertThat(RecordReader.read(file()).records()).containsExactly(SampleRecords.reset());
    }

    @Test
    @DisplayName("When the file exists already, then it is left alone")
    void exists() throws Exception {
        Files.writeString(file(), "mine");

        assertThatThrownBy(() -> RecordWriter.create(file()))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("cannot write " + file() + ": it exists already");
        assertThat(file()).hasContent("mine");
    }

    @Test
    @DisplayName("When the disk is full, then the write fails and names the file")
    void deviceFull() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "needs Linux's /dev/full");
        RecordWriter writer = RecordWriter.open(full);

        assertThatThrownBy(() -> writer.write(SampleRecords.reset()))
                .isInstanceOfSatisfying(
                        RecordingException.class,
                        e -> assertThat(e.what())
                                .startsWith("cannot write /dev/full: ")
                                .doesNotContain("--report"))
                .hasMessageContaining("--report");
        assertThat(writer.written()).isZero();
    }

    @Test
    @DisplayName("When a file system fills up, then what was written before stays whole")
    void fileSystemFull() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder.toString()), "needs the right to mount");
        try {
            RecordWriter writer = RecordWriter.create(file());
            int before = fill(writer);

            assertThatThrownBy(() -> writer.write(SampleRecords.serverClosesFirst()))
                    .isInstanceOf(RecordingException.class)
                    .hasMessageContaining(file().toString());
            writer.close();
            RecordReader.Contents contents = RecordReader.read(file());
            assertThat(contents.torn()).isEmpty();
            assertThat(contents.records()).hasSize(before).hasSizeGreaterThan(1);
        } finally {
            run("umount", folder.toString());
        }
    }

    private static int fill(RecordWriter writer) {
        while (true) {
            try {
                writer.write(SampleRecords.serverClosesFirst());
            } catch (RecordingException _) {
                return writer.written();
            }
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    @DisplayName("When the thread is interrupted before and between writes, then every record is written all the same")
    void interrupted() throws Exception {
        try (RecordWriter writer = RecordWriter.create(file())) {
            Thread.currentThread().interrupt();
            writer.write(SampleRecords.waitItOut(1));
            writer.write(SampleRecords.waitItOut(2));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(RecordReader.read(file()).records())
                .containsExactly(SampleRecords.waitItOut(1), SampleRecords.waitItOut(2));
    }

    @Test
    @DisplayName("When the last line is cut off anywhere, then the others are read and the cut is said")
    void torn() throws Exception {
        try (RecordWriter writer = RecordWriter.create(file())) {
            writer.write(SampleRecords.reset());
            writer.write(SampleRecords.notProduced());
        }
        byte[] whole = Files.readAllBytes(file());
        int second = Json.mapper().writeValueAsBytes(SampleRecords.reset()).length + 1;
        for (int length = second + 1; length < whole.length; length++) {
            try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.wrap(whole));
                channel.truncate(length);
            }
            RecordReader.Contents contents = RecordReader.read(file());

            assertThat(contents.records()).containsExactly(SampleRecords.reset());
            assertThat(contents.torn())
                    .hasValueSatisfying(torn -> assertThat(torn).startsWith("line 2 of " + file()));
        }
    }

    @Test
    @DisplayName("When a line is no record, then reading fails and names the line")
    void noRecord() throws Exception {
        String line = Json.mapper().writeValueAsString(SampleRecords.reset());
        Files.writeString(file(), line + "\n" + line.replace("\"cycle\"", "\"colour\":1,\"cycle\"") + "\n");

        assertThatThrownBy(() -> RecordReader.read(file()))
                .isInstanceOf(RecordingException.class)
                .hasMessageStartingWith("line 2 of " + file() + " is not a cycle record")
                .hasMessageContaining("colour");
    }

    @Test
    @DisplayName("When a line lacks a field, then that is said in words of the file")
    void lacking() throws Exception {
        var record = (ObjectNode) Json.mapper().valueToTree(SampleRecords.reset());
        record.remove("explanation");
        Files.writeString(file(), record + "\n");

        assertThatThrownBy(() -> RecordReader.read(file()))
                .hasMessageContaining("is not a cycle record: it lacks explanation; it was written by another version");
    }

    @Test
    @DisplayName("When the file is empty, then there are no records; when it is missing, that is an error")
    void emptyOrMissing() throws Exception {
        Files.createFile(file());
        assertThat(RecordReader.read(file()).records()).isEmpty();

        Path missing = folder.resolve("missing.jsonl");
        assertThatThrownBy(() -> RecordReader.read(missing))
                .isInstanceOf(RecordingException.class)
                .hasMessage("cannot read " + missing + ": no such file or folder");
    }

    @Test
    @DisplayName("When a file is gone on with, then what is in it stays and what is written follows")
    void append() throws Exception {
        try (RecordWriter writer = RecordWriter.append(file())) {
            writer.write(SampleRecords.waitItOut(1));
        }
        try (RecordWriter writer = RecordWriter.append(file())) {
            assertThat(writer.written()).isZero();
            writer.write(SampleRecords.waitItOut(2));
        }
        assertThat(RecordReader.read(file()).records())
                .containsExactly(SampleRecords.waitItOut(1), SampleRecords.waitItOut(2));
    }

    @Test
    @DisplayName("When the last line was cut off anywhere, then going on takes it away and no more")
    void appendToTorn() throws Exception {
        byte[] line = (Json.mapper().writeValueAsString(SampleRecords.reset()) + "\n").getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length <= line.length; length++) {
            Files.write(file(), line);
            Files.write(file(), Arrays.copyOf(line, length), StandardOpenOption.APPEND);
            RecordWriter.append(file()).close();

            assertThat(Files.size(file())).isEqualTo(length == line.length ? 2L * line.length : line.length);
        }
    }

    @Test
    @DisplayName("When all that there is is a cut line, then going on begins an empty file")
    void appendToCutLineAlone() throws Exception {
        Files.writeString(file(), "{\"experiment\":");
        RecordWriter.append(file()).close();
        assertThat(file()).isEmptyFile();
    }

    @Test
    @DisplayName("When the folder of the file is missing, then going on fails and names the file")
    void appendWithoutFolder() {
        Path missing = folder.resolve("missing").resolve("cycles.jsonl");
        assertThatThrownBy(() -> RecordWriter.append(missing))
                .isInstanceOf(RecordingException.class)
                .hasMessageContaining("cannot write " + missing);
    }
}
