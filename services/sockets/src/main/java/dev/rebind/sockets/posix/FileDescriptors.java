package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Waits for what a file descriptor has to give. A native call cannot be interrupted, so each wait is made of short ones. */
public final class FileDescriptors {
    /** How often it is looked whether the thread was interrupted. */
    private static final Duration SLICE = Duration.ofMillis(50);

    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;

    private FileDescriptors() {}

    /**
     * Whether {@code fd} has something to read or to accept, or its end, within the time.
     *
     * @throws PosixException of poll; EINTR when the thread was interrupted, whose interrupt status stays set
     */
    public static boolean readable(int fd, Duration atMost) throws PosixException {
        return ready(fd, POLLIN, atMost);
    }

    /**
     * Whether {@code fd} takes data, or has an error to tell, within the time.
     *
     * @throws PosixException as {@link #readable}
     */
    public static boolean writable(int fd, Duration atMost) throws PosixException {
        return ready(fd, POLLOUT, atMost);
    }

    private static boolean ready(int fd, short events, Duration atMost) throws PosixException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            // struct pollfd { int fd; short events; short revents; }
            MemorySegment poll = arena.allocate(8, 4);
            poll.set(JAVA_INT, 0, fd);
            poll.set(JAVA_SHORT, 4, events);
            while (true) {
                long left = Math.max(0, deadline - System.nanoTime());
                // Rounded up: a wait of 0 ms in a loop would be a busy one.
                int millis = (int) Math.min(SLICE.toMillis(), (left + 999_999) / 1_000_000);
                long ready = Libc.call(arena, state -> (int) Libc.POLL.invokeExact(state, poll, 1L, millis));
                if (ready < 0) {
                    throw new PosixException("poll", (int) -ready);
                }
                if (ready > 0 || left == 0) {
                    return ready > 0;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new PosixException("poll", Errno.EINTR.number());
                }
            }
        }
    }
}
