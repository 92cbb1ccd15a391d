package dev.rebind.sockets.owners;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * A process that holds a socket. A process that has duplicated its descriptor is there once for each.
 *
 * @param pid as seen in the PID namespace of the /proc that was read
 * @param fd the descriptor in that process: the socket's, or that of the ring
 * @param viaThread the thread whose descriptors were read, where the main thread has ended and the others go on, or where this
 *     thread has descriptors of its own
 * @param inRing whether no descriptor of the process stands for the socket: it is registered with an io_uring ring alone
 */
public record SocketOwner(int pid, int fd, OptionalInt viaThread, boolean inRing) {
    /** By a descriptor. */
    public SocketOwner(int pid, int fd, OptionalInt viaThread) {
        this(pid, fd, viaThread, false);
    }

    /** @return the folder of the process in a /proc, or of the thread whose descriptors were read */
    public Path folder(Path proc) {
        Path process = proc.resolve(Integer.toString(pid));
        return viaThread.isPresent()
                ? process.resolve("task").resolve(Integer.toString(viaThread.getAsInt()))
                : process;
    }
}
