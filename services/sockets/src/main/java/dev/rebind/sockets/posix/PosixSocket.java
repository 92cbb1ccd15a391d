package dev.rebind.sockets.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A TCP socket without anything around it: what no framework lets one ask for (bind without listen, IPV6_V6ONLY, no option
 * that was not asked for). A socket is for one thread at a time.
 *
 * <p>{@link #connect}, {@link #accept} and {@link #receive} wait for the other end, at most for {@link #PATIENCE} or the time that
 * they are given, and then throw {@link SocketWaitTimeout}. An interrupt of the thread ends the wait: they throw a
 * {@link PosixException} with EINTR, and the thread's interrupt status stays set.
 */
public final class PosixSocket implements AutoCloseable {
    /** How long a call waits for the other end unless it is told otherwise. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int SOCK_STREAM = 1;
    /** The kernel's own waits have no limit and cannot be interrupted, so a socket never waits in a call. */
    private static final int SOCK_NONBLOCK = 0x800;

    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_ERROR = 4;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_LINGER = 13;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_BINDTODEVICE = 25;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int IP_BIND_ADDRESS_NO_PORT = 24;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SHUT_WR = 1;

    private final Family family;
    private int fd;

    private PosixSocket(Family family, int fd) {
        this.family = family;
        this.fd = fd;
    }

    /** A new socket with every option off, IPV6_V6ONLY included (dual stack), whatever the system's default is. */
    public static PosixSocket open(Family family) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) check("socket", Libc.call(arena, state -> (int) Libc.SOCKET.invokeExact(
                    state,
                    SocketAddress.familyNumber(family),
                    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    IPPROTO_TCP)));
            var socket = new PosixSocket(family, fd);
            if (family == Family.IPV6) {
                socket.v6Only(false);
            }
            return socket;
        }
    }

    public Family family() {
        return family;
    }

    /** The file descriptor, non-blocking unless it was accepted; -1 once closed. */
    public int fd() {
        return fd;
    }

    public PosixSocket reuseAddress(boolean on) throws PosixException {
        return set("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, on ? 1 : 0);
    }

    public boolean reuseAddress() throws PosixException {
        return get("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR) != 0;
    }

    public PosixSocket reusePort(boolean on) throws PosixException {
        return set("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, on ? 1 : 0);
    }

    public boolean reusePort() throws PosixException {
        return get("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT) != 0;
    }

    public PosixSocket v6Only(boolean on) throws PosixException {
        return set("IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, on ? 1 : 0);
    }

    /**
     * Binds the socket to a network device (SO_BINDTODEVICE). Before Linux 5.7 that needs CAP_NET_RAW.
     *
     * @param name at most 15 bytes
     */
    public PosixSocket device(String name) throws PosixException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
            check("setsockopt SO_BINDTODEVICE", Libc.call(arena, state ->
                    (int) Libc.SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_BINDTODEVICE, value, bytes.length)));
            return this;
        }
    }

    /** A bind to port 0 takes the address alone: it takes no port before the socket connects. Linux 4.2 and later, for both families. */
    public PosixSocket addressOnly() throws PosixException {
        return set("IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    }

    /** Sizes of the send and receive buffers in bytes; the kernel doubles them and has a lower bound. */
    public PosixSocket buffers(int send, int receive) throws PosixException {
        return set("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, send).set("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, receive);
    }

    /** SO_LINGER with a time of 0: {@link #close} resets the connection. */
    public PosixSocket resetOnClose() throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocateFrom(JAVA_INT, 1, 0);
            check("setsockopt SO_LINGER", Libc.call(arena, state ->
                    (int) Libc.SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_LINGER, linger, 8)));
            return this;
        }
    }

    public PosixSocket bind(Endpoint local) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddress.of(arena, family, local);
            check("bind", Libc.call(arena, state ->
                    (int) Libc.BIND.invokeExact(state, fd, address, (int) address.byteSize())));
            return this;
        }
    }

    /** @param backlog length of the accept queue; the kernel bounds it by net.core.somaxconn */
    public PosixSocket listen(int backlog) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            check("listen", Libc.call(arena, state -> (int) Libc.LISTEN.invokeExact(state, fd, backlog)));
            return this;
        }
    }

    /** As {@link #connect(Endpoint, Duration)}, for {@link #PATIENCE}. */
    public PosixSocket connect(Endpoint remote) throws PosixException {
        return connect(remote, PATIENCE);
    }

    /** Waits until the connection is made or has failed; a client that connects to its own address and port gets itself. */
    public PosixSocket connect(Endpoint remote, Duration atMost) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddress.of(arena, family, remote);
            long result = Libc.callOnce(
                    arena, state -> (int) Libc.CONNECT.invokeExact(state, fd, address, (int) address.byteSize()));
            if (result == -Errno.EINPROGRESS.number() || result == -Errno.EINTR.number()) {
                // The kernel goes on connecting, and says when it is done.
                awaitWritable("connect", atMost);
                result = -get("SO_ERROR", SOL_SOCKET, SO_ERROR);
            }
            check("connect", result);
            return this;
        }
    }

    /** As {@link #accept(Duration)}, for {@link #PATIENCE}. */
    public PosixSocket accept() throws PosixException {
        return accept(PATIENCE);
    }

    /** Waits for a connection and takes it; its flags are those of this listener. Its descriptor is a blocking one, as a child expects. */
    public PosixSocket accept(Duration atMost) throws PosixException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            long accepted;
            while ((accepted = Libc.call(arena, state -> (int)
                            Libc.ACCEPT4.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC)))
                    == -Errno.EAGAIN.number()) {
                awaitReadable("accept4", atMost, deadline);
            }
            return new PosixSocket(family, (int) check("accept4", accepted));
        }
    }

    /** Whether there is something to read or accept, or the end, within the time. */
    public boolean readable(Duration atMost) throws PosixException {
        return FileDescriptors.readable(fd, atMost);
    }

    private void awaitReadable(String call, Duration atMost, long deadline) throws PosixException {
        if (!FileDescriptors.readable(fd, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
            throw new SocketWaitTimeout(call, atMost);
        }
    }

    private void awaitWritable(String call, Duration atMost) throws PosixException {
        if (!FileDescriptors.writable(fd, atMost)) {
            throw new SocketWaitTimeout(call, atMost);
        }
    }

    /** Sends what the send buffer takes without waiting; the number of bytes, 0 when it is full. */
    public int send(byte[] bytes) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long sent = Libc.call(arena, state ->
                    (long) Libc.SEND.invokeExact(state, fd, data, data.byteSize(), MSG_NOSIGNAL | MSG_DONTWAIT));
            return sent == -Errno.EAGAIN.number() ? 0 : (int) check("send", sent);
        }
    }

    /** As {@link #receive(int, Duration)}, for {@link #PATIENCE}. */
    public byte[] receive(int most) throws PosixException {
        return receive(most, PATIENCE);
    }

    /**
     * Waits for data; an empty array is the end of the stream.
     *
     * @param most in bytes, 1 or more
     */
    public byte[] receive(int most, Duration atMost) throws PosixException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(most);
            long got;
            while ((got = Libc.call(arena, state ->
                            (long) Libc.RECV.invokeExact(state, fd, data, data.byteSize(), MSG_DONTWAIT)))
                    == -Errno.EAGAIN.number()) {
                awaitReadable("recv", atMost, deadline);
            }
            return Arrays.copyOf(data.toArray(ValueLayout.JAVA_BYTE), (int) check("recv", got));
        }
    }

    /** Sends a FIN and keeps the socket. */
    public void shutdownOutput() throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            check("shutdown", Libc.call(arena, state -> (int) Libc.SHUTDOWN.invokeExact(state, fd, SHUT_WR)));
        }
    }

    public Endpoint local() throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddress.LARGEST, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SocketAddress.LARGEST);
            check("getsockname", Libc.call(arena, state ->
                    (int) Libc.GETSOCKNAME.invokeExact(state, fd, address, length)));
            return SocketAddress.parse(address);
        }
    }

    public Endpoint remote() throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SocketAddress.LARGEST, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SocketAddress.LARGEST);
            check("getpeername", Libc.call(arena, state ->
                    (int) Libc.GETPEERNAME.invokeExact(state, fd, address, length)));
            return SocketAddress.parse(address);
        }
    }

    /** Closes the file descriptor; a second call does nothing. */
    @Override
    public void close() {
        int closing = fd;
        fd = -1;
        if (closing >= 0) {
            try (Arena arena = Arena.ofConfined()) {
                long result = Libc.callOnce(arena, state -> (int) Libc.CLOSE.invokeExact(state, closing));
                assert result >= 0 || result == -Errno.EINTR.number() : "close: " + Errno.name((int) -result);
            }
        }
    }

    private PosixSocket set(String name, int level, int option, int value) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment holder = arena.allocateFrom(JAVA_INT, value);
            check("setsockopt " + name, Libc.call(arena, state ->
                    (int) Libc.SETSOCKOPT.invokeExact(state, fd, level, option, holder, 4)));
            return this;
        }
    }

    private int get(String name, int level, int option) throws PosixException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment holder = arena.allocateFrom(JAVA_INT, 0);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
            check("getsockopt " + name, Libc.call(arena, state ->
                    (int) Libc.GETSOCKOPT.invokeExact(state, fd, level, option, holder, length)));
            return holder.get(JAVA_INT, 0);
        }
    }

    private static long check(String call, long result) throws PosixException {
        if (result < 0) {
            throw new PosixException(call, (int) -result);
        }
        return result;
    }
}
