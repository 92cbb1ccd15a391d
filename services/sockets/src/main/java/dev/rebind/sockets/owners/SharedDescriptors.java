package dev.rebind.sockets.owners;

import dev.rebind.sockets.posix.Libc;
import java.lang.foreign.Arena;

/**
 * Whether two threads share their descriptors, by kcmp(2): one call of a microsecond in place of a readlink for each descriptor. It
 * needs the rights that reading the descriptors needs (PTRACE_MODE_READ_REALCREDS), and a kernel that was built with it.
 */
final class SharedDescriptors {
    /** {@code arch/x86/entry/syscalls/syscall_64.tbl}, and {@code include/uapi/asm-generic/unistd.h} for the others. */
    private static final long KCMP = "amd64".equals(System.getProperty("os.arch")) ? 312 : 272;
    /** KCMP_FILES of {@code include/uapi/linux/kcmp.h}; it takes no indexes. */
    private static final long FILES = 2;

    private boolean there = true;

    /**
     * False where it cannot be told.
     *
     * @param one thread, as seen in this process's PID namespace
     * @param other likewise
     */
    boolean shared(int one, int other) {
        if (!there) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            return Libc.call(arena, state ->
                            (long) Libc.SYSCALL.invokeExact(state, KCMP, (long) one, (long) other, FILES, 0L))
                    == 0;
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            there = false;
            return false;
        }
    }
}
