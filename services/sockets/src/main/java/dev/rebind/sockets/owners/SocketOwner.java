package dev.rebind.sockets.owners;

import java.util.OptionalInt;

/**
 * A process that holds a socket. A process that has duplicated its descriptor is there once for each.
 *
 * @param pid as seen in the PID namespace of the /proc that was read
 * @param fd the descriptor in that process
 * @param viaThread the thread whose descriptors were read, where the main thread has ended and the others go on
 */
public record SocketOwner(int pid, int fd, OptionalInt viaThread) {}
