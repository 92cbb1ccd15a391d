package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;

/**
 * The errnos that socket calls give, with their numbers on Linux ({@code include/uapi/asm-generic/errno*.h}) and, where
 * they differ, on macOS and the BSDs ({@code sys/errno.h}).
 */
public enum Errno {
    EPERM(1),
    ENOENT(2),
    EINTR(4),
    EBADF(9),
    EAGAIN(11, 35),
    ENOMEM(12),
    EACCES(13),
    EFAULT(14),
    EBUSY(16),
    ENODEV(19),
    EINVAL(22),
    ENFILE(23),
    EMFILE(24),
    ENOSPC(28),
    EPIPE(32),
    ENOTSOCK(88, 38),
    EMSGSIZE(90, 40),
    ENOPROTOOPT(92, 42),
    EPROTONOSUPPORT(93, 43),
    EOPNOTSUPP(95, 102),
    EAFNOSUPPORT(97, 47),
    EADDRINUSE(98, 48),
    EADDRNOTAVAIL(99, 49),
    ENETDOWN(100, 50),
    ENETUNREACH(101, 51),
    ECONNABORTED(103, 53),
    ECONNRESET(104, 54),
    ENOBUFS(105, 55),
    EISCONN(106, 56),
    ENOTCONN(107, 57),
    ETIMEDOUT(110, 60),
    ECONNREFUSED(111, 61),
    EHOSTUNREACH(113, 65),
    EALREADY(114, 37),
    EINPROGRESS(115, 36);

    private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");

    private final int linux;
    private final int bsd;

    Errno(int everywhere) {
        this(everywhere, everywhere);
    }

    Errno(int linux, int bsd) {
        this.linux = linux;
        this.bsd = bsd;
    }

    /** Its number on this system. */
    public int number() {
        return LINUX ? linux : bsd;
    }

    /** The errno with this number on this system; empty for one that this list does not have. */
    public static Optional<Errno> of(int number) {
        return Arrays.stream(values()).filter(errno -> errno.number() == number).findFirst();
    }

    /** Its name, or {@code errno 123} for one that this list does not have. */
    public static String name(int number) {
        return of(number).map(Enum::name).orElse("errno " + number);
    }

    /** What the C library says of it, in this process's locale. */
    public String message() {
        return message(number());
    }

    /** {@code strerror(number)}. */
    public static String message(int number) {
        try {
            MemorySegment text = (MemorySegment) Strerror.HANDLE.invokeExact(number);
            return text.reinterpret(1_024).getString(0);
        } catch (Throwable e) {
            // To load strerror takes a file descriptor, and there may be none. These are its words in English.
            return number == EMFILE.number()
                    ? "Too many open files"
                    : number == ENFILE.number() ? "Too many open files in system" : "errno " + number;
        }
    }

    /** Its name, its number and {@code strerror(number)}. */
    public static String explain(int number) {
        return name(number) + " (errno " + number + ", " + message(number) + ")";
    }

    /**
     * The errno whose text a JDK exception carries. The JDK takes its messages from {@code strerror} in the process's
     * locale, so they are compared with just that, and not with English. Empty when none or more than one fits.
     */
    public static Optional<Errno> ofMessage(String message) {
        var found = Arrays.stream(values())
                .filter(errno -> message.equals(errno.message()) || message.startsWith(errno.message() + " ("))
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** Apart, so that numbers and names work where native access does not; and apart from Libc, which is Linux only. */
    private static final class Strerror {
        static final MethodHandle HANDLE = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
                        FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }
}
