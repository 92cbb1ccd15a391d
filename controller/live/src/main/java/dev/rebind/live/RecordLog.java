package dev.rebind.live;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.RecordingException;
import dev.rebind.record.bind.Blocking;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of one experiment: the lines of a file, or of a part of it, that may still grow at its end. The log keeps nothing in memory,
 * and each reader reads the file by itself. {@link RecordCache} holds the data that readers share.
 *
 * @param file a file that need not exist before the first record
 * @param from the offset of the first line, in bytes
 * @param end the offset after the last line; {@link Long#MAX_VALUE} while the file may grow
 */
public record RecordLog(Path file, long from, LongSupplier end) {
    private static final int BLOCKING_IN_BRIEF = 3;

    public static RecordLog whole(Path file) {
        return new RecordLog(file, 0, () -> Long.MAX_VALUE);
    }

    /** Returns a cursor before the first record. */
    public Cursor open() {
        return openAt(from);
    }

    /** Returns a cursor before the record at a file offset, which is one that {@link Cursor#lineOffset} returned or the end of a line. */
    Cursor openAt(long offset) {
        return new Cursor(offset);
    }

    /** Returns a record without its timeline, and with the first 3 blocking sockets only. */
    static byte[] brief(byte[] line) throws IOException {
        CycleRecord record = parse(line);
        List<Blocking> blocking = record.blocking();
        return Json.mapper()
                .writeValueAsBytes(record.brief(
                        blocking == null
                                ? null
                                : blocking.stream().limit(BLOCKING_IN_BRIEF).toList()));
    }

    /** Returns the number of the record's cycle without parsing the rest; -1 if there is none. */
    static long cycle(byte[] line) throws IOException {
        try (JsonParser parser = Json.mapper().createParser(line)) {
            parser.nextToken();
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (field.equals("cycle")) {
                    return parser.getLongValue();
                }
                parser.skipChildren();
            }
            return -1;
        }
    }

    static CycleRecord parse(byte[] line) throws IOException {
        return Json.mapper().readValue(line, CycleRecord.class);
    }

    /** One reader's position in the log. For one thread. */
    public final class Cursor implements AutoCloseable {
        private static final int CHUNK = 1 << 16;

        private byte[] buffer = new byte[CHUNK];
        /** Where the last line that was read begins in the buffer. */
        private int lineStart;
        /** Where the next line begins in the buffer. */
        private int start;

        private int filled;
        /** The file offset after the filled part of the buffer. */
        private long offset;

        private long position;
        private @Nullable RandomAccessFile open;

        private Cursor(long offset) {
            this.offset = offset;
        }

        /** Returns the file offset of the last line that was read. */
        long lineOffset() {
            return offset - filled + lineStart;
        }

        /** The number of records that were read or skipped so far. */
        public long position() {
            return position;
        }

        /** Skips records until {@link #position()} is {@code records}, or until there are no more. */
        public void skipTo(long records) throws IOException {
            while (position < records && advance() >= 0) {
                position++;
            }
        }

        /** Returns the line of the next record, without its line feed; null if there is none yet. */
        public byte @Nullable [] next() throws IOException {
            int end = advance();
            if (end < 0) {
                return null;
            }
            position++;
            return Arrays.copyOfRange(buffer, lineStart, end);
        }

        /** Finds the next line feed; returns its position in the buffer, or -1 if there is no complete line. */
        private int advance() throws IOException {
            int scanned = start;
            while (true) {
                for (int i = scanned; i < filled; i++) {
                    if (buffer[i] == '\n') {
                        lineStart = start;
                        start = i + 1;
                        return i;
                    }
                }
                int unfinished = filled - start;
                if (!more()) {
                    return -1;
                }
                scanned = start + unfinished;
            }
        }

        /** Moves the incomplete line to the front of the buffer and reads more of the file after it. Returns false if there is no more. */
        private boolean more() throws IOException {
            long left = end.getAsLong() - offset;
            if (left <= 0) {
                return false;
            }
            RandomAccessFile file = file();
            if (file == null) {
                return false;
            }
            int unfinished = filled - start;
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, unfinished);
                start = 0;
                filled = unfinished;
            }
            if (filled == buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.multiplyExact(buffer.length, 2));
            }
            file.seek(offset);
            int read = file.read(buffer, filled, (int) Math.min(left, buffer.length - filled));
            if (read <= 0) {
                return false;
            }
            filled += read;
            offset += read;
            return true;
        }

        private @Nullable RandomAccessFile file() throws IOException {
            if (open == null && file.toFile().exists()) {
                open = new RandomAccessFile(file.toFile(), "r");
            }
            return open;
        }

        @Override
        public void close() throws IOException {
            if (open != null) {
                open.close();
            }
        }
    }

    /**
     * Passes each record to the consumer, in the order of the file.
     *
     * @throws RecordingException when the file cannot be read or a line is not a record
     */
    void forEach(Consumer<CycleRecord> consumer) throws RecordingException {
        try (Cursor cursor = open()) {
            for (byte[] line = cursor.next(); line != null; line = cursor.next()) {
                consumer.accept(parse(line));
            }
        } catch (JsonProcessingException e) {
            throw new RecordingException(
                    file, "a line of " + file + " is not a cycle record: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw RecordingException.cannotRead(file, e);
        }
    }
}
