package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Gives back the disk space of a part of a file, which others may be writing to the end of. */
public final class Holes {
    /** O_WRONLY and O_CLOEXEC of {@code asm-generic/fcntl.h}. */
    private static final int FLAGS = 0x1 | 0x80000;

    /** FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE of {@code linux/falloc.h}. */
    private static final int PUNCH = 0x1 | 0x2;

    private Holes() {}

    /**
     * That part reads as zeros from now on; the file keeps its length, and every other byte its place.
     *
     * @throws PosixException EOPNOTSUPP where the file system has no holes
     */
    public static void punch(Path file, long from, long length) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(file.toString());
            int fd = (int) checked("open", Libc.call(arena, state -> (int) Libc.OPEN.invokeExact(state, path, FLAGS)));
            try {
                checked("fallocate", Libc.call(arena, state ->
                        (int) Calls.FALLOCATE.invokeExact(state, fd, PUNCH, from, length)));
            } finally {
                Libc.callOnce(arena, state -> (int) Libc.CLOSE.invokeExact(state, fd));
            }
        }
    }

    private static long checked(String call, long result) throws PosixException {
        if (result < 0) {
            throw new PosixException(call, (int) -result);
        }
        return result;
    }

    /** Apart, so that a system without it fails where it is asked for. */
    private static final class Calls {
        /** {@code int fallocate(int fd, int mode, off_t offset, off_t len)}. */
        static final MethodHandle FALLOCATE =
                Libc.handle("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    }
}
