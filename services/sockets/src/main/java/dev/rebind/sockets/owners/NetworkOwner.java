package dev.rebind.sockets.owners;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The user namespace that owns a network namespace: the kernel asks for rights there (ns_capable of {@code net->user_ns}). */
public final class NetworkOwner {
    /** {@code include/uapi/linux/nsfs.h}: EPERM says that the owner is neither the caller's user namespace nor inside of it (ns_get_owner). */
    private static final long NS_GET_USERNS = 0xb701;

    private static final int O_CLOEXEC = 0x80000;

    private NetworkOwner() {}

    /**
     * Whether the capabilities of this process count in the network namespace of the calling thread. They do where its own user namespace,
     * or one inside of that, owns the network namespace; the root of a rootless container with the host's network has none there. Empty
     * where the kernel does not tell (Linux before 4.9, a sandbox).
     */
    public static Optional<Boolean> capabilitiesCount() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/proc/thread-self/ns/net");
            long network = Libc.call(arena, state -> (int) Libc.OPEN.invokeExact(state, path, O_CLOEXEC));
            if (network < 0) {
                return Optional.empty();
            }
            int fd = (int) network;
            long owner = Libc.call(
                    arena, state -> (int) Libc.IOCTL.invokeExact(state, fd, NS_GET_USERNS, MemorySegment.NULL));
            close(arena, fd);
            if (owner < 0) {
                return owner == -Errno.EPERM.number() ? Optional.of(false) : Optional.empty();
            }
            close(arena, (int) owner);
            return Optional.of(true);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            return Optional.empty();
        }
    }

    private static void close(Arena arena, int fd) {
        Libc.callOnce(arena, state -> (int) Libc.CLOSE.invokeExact(state, fd));
    }
}
