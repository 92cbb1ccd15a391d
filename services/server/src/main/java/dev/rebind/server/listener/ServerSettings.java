package dev.rebind.server.listener;

import dev.rebind.child.TransportKind;
import java.net.InetAddress;
import java.time.Duration;

/**
 * How a server is to be bound and what it does.
 *
 * @param address local address to bind, as given; {@code inetAddress} is what it stands for
 * @param port 0 to 65535; 0: the kernel picks one
 * @param backlog of listen, 1 to 65535; the kernel cuts it down to net.core.somaxconn
 * @param reading whether the server reads what clients send
 * @param handler who serves a connection
 * @param linger how long, with way close, clients may still send after the server's FIN
 * @param generation what the server calls itself in its answers
 */
public record ServerSettings(
        String address,
        InetAddress inetAddress,
        int port,
        boolean reuseAddress,
        boolean reusePort,
        int backlog,
        TransportKind transport,
        Service service,
        boolean reading,
        HandlerKind handler,
        Duration linger,
        int generation) {

    /** Vert.x' own default, NetServerOptions.DEFAULT_ACCEPT_BACKLOG is -1: the JDK's and the kernel's idea of it differ. */
    public static final int DEFAULT_BACKLOG = 1024;

    public static final Duration DEFAULT_LINGER = Duration.ofMillis(250);

    /** What the server says. */
    public enum Service {
        /** After a client's line {@code I am client} it writes {@code I am server} without end. */
        stream,
        /** Answers every line with one line that carries it. */
        echo
    }

    /** Who serves a connection. */
    public enum HandlerKind {
        /** The server itself. */
        own,
        /** A process of its own for each connection, as sshd or inetd does it; it outlives the server. */
        process
    }

    /** What Vert.x does unless told otherwise: SO_REUSEADDR on, SO_REUSEPORT off, NIO; echo, served by itself. */
    public static ServerSettings of(InetAddress address, int port) {
        return new ServerSettings(
                address.getHostAddress(),
                address,
                port,
                true,
                false,
                DEFAULT_BACKLOG,
                TransportKind.nio,
                Service.echo,
                true,
                HandlerKind.own,
                DEFAULT_LINGER,
                0);
    }

    public ServerSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
        }
        if (backlog < 1 || backlog > 65_535) {
            throw new IllegalArgumentException("backlog " + backlog + " is not in 1 to 65535");
        }
        if (linger.isNegative()) {
            throw new IllegalArgumentException("linger " + linger + " is negative");
        }
        if (generation < 0) {
            throw new IllegalArgumentException("generation " + generation + " is negative");
        }
    }
}
