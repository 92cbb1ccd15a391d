package dev.rebind.sockets.options;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.options.OptionsAnswer.Denied;
import dev.rebind.sockets.options.OptionsAnswer.Gone;
import dev.rebind.sockets.options.OptionsAnswer.Known;
import dev.rebind.sockets.options.OptionsAnswer.Unsupported;
import dev.rebind.sockets.owners.SocketOwner;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads the options of a socket that another process holds: pidfd_open(2) finds the process, pidfd_getfd(2) makes a second
 * descriptor for the same socket, and getsockopt(2) asks it. The socket and its process notice nothing.
 *
 * <p>It works for processes of the same user and, with CAP_SYS_PTRACE, for all (PTRACE_MODE_ATTACH_REALCREDS); Linux 5.6 or
 * later. While the socket is asked, which takes some microseconds, it has one holder more: a process that closes it in this
 * time sends its FIN when the reader closes its own descriptor. Calls do not block; safe for several threads.
 */
public final class OptionsReader {
    /** {@code include/uapi/asm-generic/unistd.h}; the numbers are the same on every architecture that Java runs on. */
    private static final long PIDFD_OPEN = 434;

    private static final long PIDFD_GETFD = 438;
    private static final AtomicBoolean PREPARED = new AtomicBoolean();
    /** PIDFD_THREAD of {@code include/uapi/linux/pidfd.h}, Linux 6.9: the id is that of a thread. */
    private static final long PIDFD_THREAD = 0x80;

    /**
     * Asks whatever socket is there. Use {@link #read(SocketOwner, long)} where it must be a known one.
     *
     * @param pid as seen in this process's PID namespace
     * @param fd the descriptor in that process
     */
    public OptionsAnswer read(int pid, int fd) {
        return guarded(pid, 0, fd, 0);
    }

    /**
     * Asks the socket that the owner was seen with, through the owner's thread where it was seen there. Where the
     * descriptor stands for another socket by now, the answer is {@link Gone}.
     *
     * @param inode the socket's
     */
    public OptionsAnswer read(SocketOwner owner, long inode) {
        if (owner.inRing()) {
            return new Unsupported("the socket is registered with an io_uring ring, and no descriptor stands for it");
        }
        return owner.viaThread().isPresent()
                ? guarded(owner.viaThread().getAsInt(), PIDFD_THREAD, owner.fd(), inode)
                : guarded(owner.pid(), 0, owner.fd(), inode);
    }

    private static OptionsAnswer guarded(int id, long flags, int fd, long inode) {
        try (Arena arena = Arena.ofConfined()) {
            return read(arena, id, flags, fd, inode);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return new Unsupported("system calls are not to be had in this JVM: " + e);
        }
    }

    private static OptionsAnswer read(Arena arena, int id, long flags, int fd, long inode) {
        long process =
                Libc.call(arena, state -> (long) Libc.SYSCALL.invokeExact(state, PIDFD_OPEN, (long) id, flags, 0L, 0L));
        if (process < 0) {
            return failed("pidfd_open", (int) -process, flags);
        }
        try {
            prepare(arena);
            long copy = Libc.call(
                    arena, state -> (long) Libc.SYSCALL.invokeExact(state, PIDFD_GETFD, process, (long) fd, 0L, 0L));
            if (copy < 0) {
                return failed("pidfd_getfd", (int) -copy, 0);
            }
            try {
                return inode != 0 && inode(arena, (int) copy) != inode ? new Gone() : ask(arena, (int) copy);
            } finally {
                close(arena, copy);
            }
        } finally {
            close(arena, process);
        }
    }

    /** A first question loads classes for milliseconds: a socket of our own is asked it, so that a copy lives for microseconds. */
    private static void prepare(Arena arena) {
        if (PREPARED.getAndSet(true)) {
            return;
        }
        try (PosixSocket own = PosixSocket.open(Family.IPV4)) {
            if (inode(arena, own.fd()) != 0) {
                SocketQuestions.ask(arena, own.fd());
            }
        } catch (PosixException e) {
            // No descriptor is left, or no socket may be made; the copy will say so itself.
            return;
        }
    }

    private static OptionsAnswer ask(Arena arena, int socket) {
        try {
            return new Known(SocketQuestions.ask(arena, socket));
        } catch (PosixException e) {
            return e.is(Errno.ENOTSOCK) ? new Gone() : new Denied(e.number(), e.call());
        }
    }

    private static OptionsAnswer failed(String call, int errno, long flags) {
        // include/uapi/asm-generic/errno.h; a sandbox that knows only older calls answers ENOSYS, gVisor does.
        final int noSuchProcess = 3;
        final int noSuchCall = 38;
        if (errno == noSuchProcess || errno == Errno.EBADF.number()) {
            return new Gone();
        }
        if (errno == noSuchCall) {
            return new Unsupported(call + " is not there: it needs Linux 5.6, and a sandbox that lets it through");
        }
        if (errno == Errno.EINVAL.number() && flags == PIDFD_THREAD) {
            return new Unsupported("pidfd_open takes a thread that is not the main one from Linux 6.9 on");
        }
        return new Denied(errno, call);
    }

    /** The inode that stands for the socket everywhere: st_ino, from {@code struct statx}. 0 where the call fails. */
    private static long inode(Arena arena, int fd) {
        // int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *to): stx_ino is at byte 32 of
        // 256.
        final int emptyPath = 0x1000;
        final int wantInode = 0x100;
        var path = arena.allocateFrom("");
        var to = arena.allocate(256, 8);
        long done = Libc.call(arena, state -> (int) Libc.STATX.invokeExact(state, fd, path, emptyPath, wantInode, to));
        return done < 0 ? 0 : to.get(JAVA_LONG, 32);
    }

    private static void close(Arena arena, long fd) {
        Libc.callOnce(arena, state -> (int) Libc.CLOSE.invokeExact(state, (int) fd));
    }
}
