package dev.rebind.sockets.netlink;

import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.posix.FileDescriptors;
import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A netlink socket, which belongs to the network namespace of the thread that opens it. For one thread at a time, and for that alone
 * which opened it unless it is {@link #shared}.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** Numbers of {@code include/uapi/linux/netlink.h}. */
    public enum Protocol {
        ROUTE(0),
        SOCK_DIAG(4),
        NETFILTER(12);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    /** Makes recv return a datagram's whole length, so that one that did not fit is noticed. */
    private static final int MSG_TRUNC = 0x20;
    /** A dump's datagrams are as long as the reader's buffer, up to 32 KiB (net/netlink/af_netlink.c, netlink_dump). */
    private static final int BUFFER = 64 * 1024;

    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final Arena arena;
    private final MemorySegment buffer;
    private final int fd;

    @SuppressWarnings("MustBeClosedChecker") // it is closed with the socket
    public NetlinkSocket(Protocol protocol) throws PosixException {
        this(protocol, Arena.ofConfined());
    }

    /** One that threads may hand to each other; closing it takes longer. */
    @SuppressWarnings("MustBeClosedChecker") // it is closed with the socket
    public static NetlinkSocket shared(Protocol protocol) throws PosixException {
        return new NetlinkSocket(protocol, Arena.ofShared());
    }

    private NetlinkSocket(Protocol protocol, Arena arena) throws PosixException {
        this.arena = arena;
        this.buffer = arena.allocate(BUFFER, 8);
        long opened = Libc.call(arena, state ->
                (int) Libc.SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol.number));
        if (opened < 0) {
            arena.close();
            throw new PosixException("socket(AF_NETLINK)", (int) -opened);
        }
        fd = (int) opened;
    }

    /** Sends a request and reads the answer to its end. */
    public ReplyStatus exchange(byte[] request, int sequence, MessageConsumer into) throws PosixException {
        return exchange(request, sequence, into, () -> false);
    }

    /**
     * Sends a request and reads its answer.
     *
     * @param enough whether all that was asked for has come: an answer of one message has no end
     */
    public ReplyStatus exchange(byte[] request, int sequence, MessageConsumer into, BooleanSupplier enough)
            throws PosixException {
        // Of its own, so that a socket that is asked a million times does not grow.
        try (Arena call = Arena.ofConfined()) {
            send(call, request);
            ReplyStatus outcome;
            do {
                outcome = receive(call, sequence, into);
                if (outcome instanceof ReplyStatus.More && enough.getAsBoolean()) {
                    return new ReplyStatus.Done();
                }
            } while (outcome instanceof ReplyStatus.More);
            return outcome;
        }
    }

    private void send(Arena call, byte[] request) throws PosixException {
        MemorySegment data = call.allocateFrom(ValueLayout.JAVA_BYTE, request);
        long sent = Libc.call(call, state -> (long) Libc.SEND.invokeExact(state, fd, data, data.byteSize(), 0));
        if (sent < 0) {
            throw new PosixException("send to netlink", (int) -sent);
        }
    }

    /** One datagram. */
    private ReplyStatus receive(Arena call, int sequence, MessageConsumer into) throws PosixException {
        if (!FileDescriptors.readable(fd, ANSWER)) {
            return new ReplyStatus.Garbled("no answer within " + ANSWER.toMillis() + " ms");
        }
        long got =
                Libc.call(call, state -> (long) Libc.RECV.invokeExact(state, fd, buffer, buffer.byteSize(), MSG_TRUNC));
        if (got == -Errno.ENOBUFS.number()) {
            // The kernel dropped datagrams: the rest of this dump means nothing.
            return new ReplyStatus.Interrupted();
        }
        if (got < 0) {
            throw new PosixException("recv from netlink", (int) -got);
        }
        if (got > BUFFER) {
            return new ReplyStatus.Garbled("a datagram of " + got + " bytes was cut to " + BUFFER);
        }
        byte[] bytes = buffer.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE);
        return Datagram.parse(bytes, bytes.length, sequence, into);
    }

    @Override
    public void close() {
        Libc.call(arena, state -> (int) Libc.CLOSE.invokeExact(state, fd));
        arena.close();
    }
}
