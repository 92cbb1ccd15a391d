package dev.rebind.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Writes {@code cycles.jsonl}: one record a line, handed to the kernel before {@link #write} returns, so that it outlives
 * this process, and forced to the disk at most a second later and at the end, so that it outlives the machine. Safe for
 * several threads.
 */
public final class RecordWriter implements AutoCloseable {
    private static final long FORCE_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final FileChannel channel;
    private long forcedNanos = System.nanoTime();
    private int written;
    private boolean torn;

    private RecordWriter(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a file that does not exist yet.
     *
     * @throws RecordingException when it cannot be made
     */
    public static RecordWriter create(Path file) throws RecordingException {
        return open(file, StandardOpenOption.CREATE_NEW);
    }

    /**
     * Opens a file to go on with, or a new one. A last line that is cut off, as a crash leaves it, is taken away.
     *
     * @throws RecordingException when it cannot be written
     */
    public static RecordWriter append(Path file) throws RecordingException {
        RecordWriter writer = open(file, StandardOpenOption.CREATE, StandardOpenOption.READ);
        try {
            writer.toEndOfLastLine();
            return writer;
        } catch (IOException e) {
            writer.close();
            throw RecordingException.cannotWrite(file, e);
        }
    }

    private void toEndOfLastLine() throws IOException {
        long end = channel.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        while (end > 0 && channel.read(last.clear(), end - 1) == 1 && last.get(0) != '\n') {
            end--;
        }
        channel.truncate(end).position(end);
    }

    static RecordWriter open(Path file, StandardOpenOption... how) throws RecordingException {
        StandardOpenOption[] options = Arrays.copyOf(how, how.length + 1);
        options[how.length] = StandardOpenOption.WRITE;
        try {
            return new RecordWriter(file, FileChannel.open(file, options));
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
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
            start = channel.position();
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            written++;
            if (System.nanoTime() - forcedNanos >= FORCE_EVERY_NANOS) {
                channel.force(false);
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
            channel.truncate(start);
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
        if (!channel.isOpen()) {
            return;
        }
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw RecordingException.cannotWrite(file, e);
        }
    }
}
