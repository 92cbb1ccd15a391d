package dev.rebind.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Writes {@code cycles.jsonl}: one record a line, handed to the kernel before {@link #write} returns, so that it outlives
 * this process, and forced to the disk at most a second later and at the end, so that it outlives the machine. Safe for
 * several threads. An interrupt does not keep a record from being written: it is what comes of the order to end, and what
 * was measured before it counts.
 */
public final class RecordWriter implements AutoCloseable {
    private static final long FORCE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    /** Not a FileChannel, which an interrupt closes. */
    private final RandomAccessFile lines;

    private long forcedNanos = System.nanoTime();
    private int written;
    private boolean torn;
    private boolean closed;

    private RecordWriter(Path file, RandomAccessFile lines) {
        this.file = file;
        this.lines = lines;
    }

    /**
     * Opens a file that does not exist yet.
     *
     * @throws RecordingException when it cannot be made
     */
    public static RecordWriter create(Path file) throws RecordingException {
        try {
            return open(Files.createFile(file));
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
    }

    /**
     * Opens a file to go on with, or a new one. A last line that is cut off, as a crash leaves it, is taken away.
     *
     * @throws RecordingException when it cannot be written
     */
    public static RecordWriter append(Path file) throws RecordingException {
        try {
            RecordWriter writer = open(Files.exists(file) ? file : Files.createFile(file));
            try {
                writer.toEndOfLastLine();
                return writer;
            } catch (IOException e) {
                writer.close();
                throw e;
            }
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
    }

    private void toEndOfLastLine() throws IOException {
        long end = lines.length();
        while (end > 0 && byteAt(end - 1) != '\n') {
            end--;
        }
        lines.setLength(end);
        lines.seek(end);
    }

    private int byteAt(long offset) throws IOException {
        lines.seek(offset);
        return lines.read();
    }

    /** Opens a file that exists. */
    static RecordWriter open(Path file) throws IOException {
        return new RecordWriter(file, new RandomAccessFile(file.toFile(), "rw"));
    }

    /**
     * Adds a record. After a failure no part of the record is left in the file where it could be taken back.
     *
     * @throws RecordingException when it could not be written whole
     */
    public synchronized void write(CycleRecord record) throws RecordingException {
        byte[] line = line(record);
        if (torn) {
            throw new RecordingException(
                    file, "cannot write " + file + ": an earlier write failed and left a torn line at its end", null);
        }
        long start = -1;
        try {
            start = lines.getFilePointer();
            lines.write(line);
            written++;
            if (System.nanoTime() - forcedNanos >= FORCE_EVERY_NANOS) {
                lines.getFD().sync();
                forcedNanos = System.nanoTime();
            }
        } catch (IOException e) {
            takeBack(start, e);
            throw RecordingException.cannotWrite(file, e);
        }
    }

    private byte[] line(CycleRecord record) throws RecordingException {
        try {
            byte[] json = Json.mapper().writeValueAsBytes(record);
            byte[] line = Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
            return line;
        } catch (JsonProcessingException e) {
            throw new RecordingException(
                    file,
                    "cannot write cycle " + record.cycle() + " of " + record.experiment() + " to " + file + ": "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    private void takeBack(long start, IOException why) {
        if (start < 0) {
            return;
        }
        try {
            lines.setLength(start);
        } catch (IOException e) {
            // The line stays torn, and nothing is written after it, so that a reader finds it at the end.
            torn = true;
            why.addSuppressed(e);
        }
    }

    /** Records written so far. */
    public synchronized int written() {
        return written;
    }

    public Path file() {
        return file;
    }

    /** @throws RecordingException when what was written did not reach the disk */
    @Override
    public synchronized void close() throws RecordingException {
        if (closed) {
            return;
        }
        closed = true;
        try (lines) {
            lines.getFD().sync();
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
    }
}
