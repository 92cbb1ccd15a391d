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
 * What a command has written so far, in a file that its processes hold open and append to. Of much output the middle is left out:
 * while they write, its disk space is given back and every byte that is kept stays in its place; once they have ended
 * ({@link #close}) a line stands for it. On a file system without holes (fallocate(2), EOPNOTSUPP) all is kept.
 */
final class Output implements AutoCloseable {
    /** More than the last words of any program; what is longer is read from its end. */
    private static final int MOST = 1 << 16;

    /** Of the begin and of the end so much is kept, in bytes: a start and an end of any program, and what a disk has room for. */
    static final long KEPT = 8L << 20;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** Holes are of whole blocks. */
    private static final long BLOCK = 1 << 16;

    private final Path file;
    /** Where what is kept of the end begins; {@link #KEPT} while nothing is left out. */
    private volatile long endFrom = KEPT;

    private @Nullable Thread watch;

    Output(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** In bytes, with what was left out; 0 where there is no file yet. */
    long length() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The end of what came after so many bytes, at most 64 KiB; empty where it cannot be read. */
    String lastSince(long offset) {
        return new String(from(Math.max(offset, length() - MOST), MOST), StandardCharsets.UTF_8);
    }

    /** What came after so many bytes, at most so many of it; empty where it cannot be read. */
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

    /** The same place, or the next one that has not been left out. */
    long kept(long offset) {
        return offset < KEPT ? offset : Math.max(offset, endFrom);
    }

    /** From now on much output is cut. */
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
            // It is closed.
            return;
        }
    }

    /** Leaves out what is too much by now. Returns whether that can be done here. */
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

    /** The processes have ended: a line takes the place of what was left out. */
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

    /** Until it has ended, which takes a moment; an interrupt waits as well. */
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
            // As above.
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
