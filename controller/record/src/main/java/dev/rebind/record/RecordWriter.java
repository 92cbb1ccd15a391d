package dev.rebind.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Writes {@code cycles.jsonl}, one record a line. {@link #write} hands the record to the kernel before it returns, so the record survives
 * the end of this process. A write that comes a second or more after the last sync, and {@link #close}, also force the file to the disk, so
 * that it survives a crash of the machine. Safe for use by several threads. An interrupt does not prevent a write: a run that is told to
 * end must still keep what it has measured.
 */
public final class RecordWriter implements AutoCloseable {
    private static final long FORCE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    /** A FileChannel does not do here, because an interrupt closes it. */
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
     * Creates the file and opens it.
     *
     * @throws RecordingException when the file exists already or cannot be created
     */
    public static RecordWriter create(Path file) throws RecordingException {
        try {
            return open(Files.createFile(file));
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
    }

    /**
     * Opens an existing file to continue it, or creates a new one. Removes a last line that a crash has cut off.
     *
     * @throws RecordingException when the file cannot be written
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
     * Adds a record. If the write fails, the writer removes the part of the line that was written, where it can.
     *
     * @throws RecordingException when the record could not be written completely
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
            // The torn line stays at the end of the file. Nothing is written after it, so a reader finds it there and
            // skips it.
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

    /**
     * Forces the file to the disk and closes it.
     *
     * @throws RecordingException when the data did not reach the disk
     */
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
