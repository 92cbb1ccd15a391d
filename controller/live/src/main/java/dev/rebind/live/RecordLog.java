package dev.rebind.live;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.record.CycleRecord;
import dev.rebind.record.Json;
import dev.rebind.record.RecordingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of one experiment: a part of a file of lines that may still grow at its end. Nothing of them is held in
 * memory here; every reader goes through the file by itself. What readers share is in {@link RecordCache}.
 *
 * @param file need not be there before the first record is
 * @param from offset of the first line
 * @param end offset after the last line; {@link Long#MAX_VALUE} while it may grow
 */
public record RecordLog(Path file, long from, LongSupplier end) {
    private static final int BLOCKING_IN_BRIEF = 3;

    public static RecordLog whole(Path file) {
        return new RecordLog(file, 0, () -> Long.MAX_VALUE);
    }

    /** Reads from the first record on. */
    public Cursor open() {
        return openAt(from);
    }

    /** Reads from the record on that begins there, as {@link Cursor#lineOffset} said. */
    Cursor openAt(long offset) {
        return new Cursor(offset);
    }

    /** The record as it is in a brief view: without its timeline, and with the first sockets that stood in the way. */
    static byte[] brief(byte[] line) throws IOException {
        CycleRecord record = parse(line);
        List<CycleRecord.Blocking> blocking = record.blocking();
        return Json.mapper()
                .writeValueAsBytes(record.brief(
                        blocking == null
                                ? null
                                : blocking.stream().limit(BLOCKING_IN_BRIEF).toList()));
    }

    /** The cycle's number, without reading the rest; -1 where there is none. */
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

    /** One reader's place in it. For one thread. */
    public final class Cursor implements AutoCloseable {
        private static final int CHUNK = 1 << 16;

        private byte[] buffer = new byte[CHUNK];
        /** Where the line begins that was passed last. */
        private int lineStart;
        /** Where the next one begins. */
        private int start;

        private int filled;
        /** Of what comes behind the buffer's filled part. */
        private long offset;

        private long position;
        private @Nullable RandomAccessFile open;

        private Cursor(long offset) {
            this.offset = offset;
        }

        /** Where in the file the line begins that was passed last. */
        long lineOffset() {
            return offset - filled + lineStart;
        }

        /** Records that were passed so far. */
        public long position() {
            return position;
        }

        /** Passes over records until so many were passed, or there are no more. */
        public void skipTo(long records) throws IOException {
            while (position < records && advance() >= 0) {
                position++;
            }
        }

        /** The next record's line without its end; null when there is none yet. */
        public byte @Nullable [] next() throws IOException {
            int end = advance();
            if (end < 0) {
                return null;
            }
            position++;
            return Arrays.copyOfRange(buffer, lineStart, end);
        }

        /** Goes behind the next line feed; gives where that is in the buffer, or -1 when no whole line is there. */
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

        /** Reads on behind what is unfinished, which is moved to the front. */
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

    /** Hands over one record after the other. */
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
