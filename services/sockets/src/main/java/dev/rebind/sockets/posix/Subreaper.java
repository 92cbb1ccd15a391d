package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What a process needs that has to end all of its descendants, those included whose own parents are gone: it becomes the parent
 * of each of them (PR_SET_CHILD_SUBREAPER, prctl(2)), and reaps it.
 */
public final class Subreaper {
    /** {@code include/uapi/linux/prctl.h}. */
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private static final int ANY_CHILD = -1;
    private static final int SIGNALLED = 128;

    private static final MethodHandle PRCTL =
            Libc.plain("prctl", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SETSID = Libc.plain("setsid", JAVA_INT);
    private static final MethodHandle WAITPID = Libc.plain("waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    private Subreaper() {}

    /**
     * A child that has ended.
     *
     * @param exitCode its exit code, or 128 and the number of the signal that ended it
     */
    public record Ended(long pid, int exitCode) {}

    /**
     * Makes this process the parent of its orphaned descendants from now on, and the leader of a session of its own, which no
     * signal of the terminal reaches and none that is sent to its former process group.
     *
     * @return whether the kernel did the first; the second fails only for a process that leads a group already
     */
    public static boolean begin() {
        try {
            int ignored = (int) SETSID.invokeExact();
            return (int) PRCTL.invokeExact(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) == 0;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** Blocks until a child has ended, a platform thread with it; empty where there is no child, or a signal came. */
    public static Optional<Ended> awaitChild() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_INT);
            int pid = (int) WAITPID.invokeExact(ANY_CHILD, status, 0);
            return pid > 0 ? Optional.of(new Ended(pid, exitCode(status.get(JAVA_INT, 0)))) : Optional.empty();
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    /** Of the status that waitpid(2) gives. */
    static int exitCode(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : SIGNALLED + signal;
    }
}
