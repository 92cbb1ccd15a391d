package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * The C library's functions that this module calls. {@code errno} is captured by the linker right after each call, before
 * the JVM can change it. {@link #call} makes a call again that a signal has interrupted.
 */
public final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");

    /** {@code int socket(int domain, int type, int protocol)}. */
    public static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);

    /** {@code int close(int fd)}. */
    public static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);

    /** {@code int bind(int fd, const struct sockaddr *addr, socklen_t len)}. */
    public static final MethodHandle BIND = handle("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    public static final MethodHandle CONNECT = handle("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    public static final MethodHandle LISTEN = handle("listen", JAVA_INT, JAVA_INT, JAVA_INT);

    /** {@code int accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)}. */
    public static final MethodHandle ACCEPT4 = handle("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);

    public static final MethodHandle SHUTDOWN = handle("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    public static final MethodHandle GETSOCKNAME = handle("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    public static final MethodHandle GETPEERNAME = handle("getpeername", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    public static final MethodHandle SETSOCKOPT =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    public static final MethodHandle GETSOCKOPT =
            handle("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    public static final MethodHandle SEND = handle("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    public static final MethodHandle RECV = handle("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    /** {@code int poll(struct pollfd *fds, nfds_t n, int timeout)}. */
    public static final MethodHandle POLL = handle("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    /** {@code int clock_getres(clockid_t id, struct timespec *res)}. */
    public static final MethodHandle CLOCK_GETRES = handle("clock_getres", JAVA_INT, JAVA_INT, ADDRESS);

    /** {@code int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *to)}. */
    public static final MethodHandle STATX = handle("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);

    /** {@code long syscall(long number, ...)} with four arguments, for calls that the C library has no name for. */
    public static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            CAPTURE_ERRNO,
            Linker.Option.firstVariadicArg(1));

    /** {@code int ioctl(int fd, unsigned long request, void *argument)}. */
    public static final MethodHandle IOCTL = variadic("ioctl", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);

    /** {@code int open(const char *path, int flags)}. */
    public static final MethodHandle OPEN = variadic("open", JAVA_INT, ADDRESS, JAVA_INT);

    private Libc() {}

    static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters), CAPTURE_ERRNO);
    }

    /** A handle of a function whose parameters from the third on are variadic. */
    private static MethodHandle variadic(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, parameters),
                CAPTURE_ERRNO,
                Linker.Option.firstVariadicArg(2));
    }

    /** A handle without the errno, for functions that report their failure as their result (posix_spawn). */
    static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
    }

    /** As {@link #plain}, for a function that not every C library has. */
    static Optional<MethodHandle> ifThere(String name, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.defaultLookup()
                .find(name)
                .map(address -> LINKER.downcallHandle(address, FunctionDescriptor.of(result, parameters)));
    }

    /** One call of a function above, given the segment that takes the errno. */
    @FunctionalInterface
    public interface Call {
        long invoke(MemorySegment state) throws Throwable;
    }

    /** A result of 0 or more, or the negated errno, as the kernel itself returns it. Made again for as long as a signal interrupts it. */
    public static long call(Arena arena, Call call) {
        MemorySegment state = arena.allocate(CAPTURE);
        long result;
        do {
            result = invoke(state, call);
        } while (result == -Errno.EINTR.number());
        return result;
    }

    /** As {@link #call}, for what must not be made again: close (the descriptor is free by then) and connect (it goes on). */
    public static long callOnce(Arena arena, Call call) {
        return invoke(arena.allocate(CAPTURE), call);
    }

    private static long invoke(MemorySegment state, Call call) {
        try {
            long result = call.invoke(state);
            return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }
}
