package dev.rebind.sockets;

/**
 * The process that holds a socket.
 *
 * @param pid as seen in the reader's PID namespace
 * @param name its {@code comm}, at most 15 bytes, as {@link ForeignText#name}
 */
public record Owner(long pid, String name) {
    public Owner {
        name = ForeignText.name(name);
    }
}
