package dev.rebind.sockets;

/** Looks at the TCP sockets of one network namespace. Blocks for the time of a system call or a few; safe for several threads. */
@FunctionalInterface
public interface SocketReader {
    Reading read(SocketQuery query);
}
