package dev.rebind.agent.command;

import dev.rebind.sockets.posix.Holes;
import dev.rebind.sockets.posix.PosixException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The output of a command so far, in a file that its processes hold open and append to. Only the start and the end of a long output are
 * kept. While the processes write, the disk space of the middle is given back and every kept byte stays at its place. When they have ended,
 * {@link #close} puts a line in place of the middle. On a file system without holes (fallocate(2), EOPNOTSUPP) the whole output is kept.
 */
final class Output implements AutoCloseable {
    /** The number of bytes to read from the end. The last words of a program are shorter than this. */
    private static final int MOST = 1 << 16;

    /**
     * The number of bytes that are kept of the start, and of the end. It is enough for what any program writes when it starts and ends, and
     * fits on a disk.
     */
    static final long KEPT = 8L << 20;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** The size of the blocks in which the middle is removed. */
    private static final long BLOCK = 1 << 16;

    private final Path file;
    /** The offset at which the kept end begins; {@link #KEPT} while nothing has been removed. */
    private volatile long endFrom = KEPT;

    private @Nullable Thread watch;

    Output(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Returns the length in bytes, including what has been removed; 0 where there is no file yet. */
    long length() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Returns the end of what was written after the offset, at most 64 KiB; empty where it cannot be read. */
    String lastSince(long offset) {
        return new String(from(Math.max(offset, length() - MOST), MOST), StandardCharsets.UTF_8);
    }

    /** Returns at most {@code most} bytes from the offset on; empty where they cannot be read. */
    byte[] from(long offset, int most) {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            var bytes = new byte[Math.clamp(in.length() - offset, 0, most)];
            in.seek(offset);
            in.readFully(bytes);
            return bytes;
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** Returns the offset itself, or the next one that has not been removed. */
    long kept(long offset) {
        return offset < KEPT ? offset : Math.max(offset, endFrom);
    }

    /** Starts to cut long output. */
    synchronized void watched() {
        if (watch == null) {
            watch = Thread.ofVirtual().name("output").start(this::look);
        }
    }

    private void look() {
        try {
            while (cut()) {
                Thread.sleep(BETWEEN_LOOKS);
            }
        } catch (InterruptedException e) {
            // The output is closed.
            return;
        }
    }

    /** Removes the middle of the output. Returns whether the file system can do that. */
    private boolean cut() {
        long until = (length() - KEPT) / BLOCK * BLOCK;
        if (until - endFrom < BLOCK) {
            return true;
        }
        try {
            Holes.punch(file, endFrom, until - endFrom);
            endFrom = until;
            return true;
        } catch (PosixException e) {
            return false;
        }
    }

    /** Puts a line in place of the removed middle. Call it when the processes have ended. */
    @Override
    public synchronized void close() {
        Thread watching = watch;
        if (watching == null) {
            return;
        }
        watching.interrupt();
        await(watching);
        watch = null;
        var _ = cut();
        if (endFrom > KEPT) {
            join();
        }
    }

    /** Waits until the thread has ended, which takes a moment. An interrupt does not stop the wait. */
    private static void await(Thread ending) {
        boolean interrupted = false;
        while (ending.isAlive()) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void join() {
        Path whole = file.resolveSibling(file.getFileName() + ".part");
        String line =
                "\n[rebind: " + (endFrom - KEPT) + " bytes were left out here: of the output the first and the last "
                        + (KEPT >> 20) + " MiB are kept]\n";
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(
                        whole,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            copy(from, 0, KEPT, to);
            to.write(StandardCharsets.UTF_8.encode(line));
            copy(from, endFrom, from.size(), to);
        } catch (IOException e) {
            // The file stays as it is, with zeros in the middle.
            return;
        }
        try {
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
            endFrom = KEPT;
        } catch (IOException e) {
            // The file stays as it is.
            return;
        }
    }

    private static void copy(FileChannel from, long begin, long end, FileChannel to) throws IOException {
        for (long at = begin; at < end; ) {
            long copied = from.transferTo(at, end - at, to);
            if (copied <= 0) {
                return;
            }
            at += copied;
        }
    }
}
