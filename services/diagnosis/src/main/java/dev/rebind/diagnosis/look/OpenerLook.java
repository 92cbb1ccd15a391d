package dev.rebind.diagnosis.look;

import dev.rebind.diagnosis.seen.Opener;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.FileDescriptors;
import dev.rebind.sockets.posix.Libc;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.SocketWaitTimeout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks sock_diag for the byte counts of single connections, which tell who opened each, see {@link Opener}. Needs no right and
 * takes some microseconds a connection.
 *
 * <pre>
 * struct nlmsghdr { u32 len; u16 type, flags; u32 seq, pid; };                                       16 bytes
 * struct inet_diag_req_v2 { u8 family, protocol, ext, pad; u32 states; struct inet_diag_sockid id; }; 56 bytes
 * struct inet_diag_sockid { be16 sport, dport; be32 src[4], dst[4]; u32 if; u32 cookie[2]; };         48 bytes
 * struct inet_diag_msg: 72 bytes, the state at 1, the id at 4; attributes behind it
 * </pre>
 *
 * {@code include/uapi/linux/inet_diag.h}; tcp_info of {@code include/uapi/linux/tcp.h}.
 */
final class OpenerLook {
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int REQUEST = 72;
    /** The kernel answers within the send; a sandbox that plays the kernel may not. */
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private static final int INET_DIAG_INFO = 2;
    /** Beyond so many connections the others are taken for brothers of these. */
    private static final int AT_MOST = 256;

    private OpenerLook() {}

    static Map<TcpSocket, Opener> ask(List<TcpSocket> sockets) {
        List<TcpSocket> connections =
                sockets.stream().filter(OpenerLook::tells).limit(AT_MOST).toList();
        var openers = new HashMap<TcpSocket, Opener>();
        if (connections.isEmpty()) {
            return openers;
        }
        try (Arena arena = Arena.ofConfined()) {
            long netlink = Libc.call(arena, state ->
                    (int) Libc.SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG));
            if (netlink < 0) {
                return openers;
            }
            try {
                MemorySegment buffer = arena.allocate(8_192, 8);
                for (TcpSocket socket : connections) {
                    openers.put(socket, ask(arena, (int) netlink, buffer, socket));
                }
            } finally {
                Libc.callOnce(arena, state -> (int) Libc.CLOSE.invokeExact(state, (int) netlink));
            }
        } catch (PosixException e) {
            // What comes late would be taken for the next one's answer, so no other is asked.
            return openers;
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError | IllegalCallerException e) {
            openers.clear();
        }
        return openers;
    }

    /** A timewait socket and a connection request keep no counts, and a socket that connected to itself is both ends. */
    private static boolean tells(TcpSocket socket) {
        return switch (socket.state()) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, CLOSING ->
                !socket.selfConnected() && socket.local().port() != 0;
            case SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV, TIME_WAIT, CLOSED, LISTEN -> false;
        };
    }

    private static Opener ask(Arena arena, int netlink, MemorySegment buffer, TcpSocket socket) throws PosixException {
        MemorySegment request = MemorySegment.ofArray(request(socket));
        buffer.asSlice(0, REQUEST).copyFrom(request);
        long sent = Libc.call(arena, state -> (long) Libc.SEND.invokeExact(state, netlink, buffer, (long) REQUEST, 0));
        if (sent != REQUEST) {
            return Opener.UNKNOWN;
        }
        if (!FileDescriptors.readable(netlink, ANSWER)) {
            throw new SocketWaitTimeout("recv from netlink", ANSWER);
        }
        long got =
                Libc.call(arena, state -> (long) Libc.RECV.invokeExact(state, netlink, buffer, buffer.byteSize(), 0));
        return got < 0 ? Opener.UNKNOWN : parse(buffer.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE), socket.state());
    }

    private static byte[] request(TcpSocket socket) {
        var bytes = new byte[REQUEST];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        buffer.putInt(0, REQUEST).putShort(4, (short) SOCK_DIAG_BY_FAMILY).putShort(6, (short) 1);
        buffer.put(16, (byte) (socket.family() == Family.IPV4 ? 2 : 10)).put(17, (byte) 6);
        buffer.put(18, (byte) (1 << (INET_DIAG_INFO - 1))).putInt(20, -1);
        ByteBuffer id = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
        id.putShort(24, (short) socket.local().port())
                .putShort(26, (short) socket.remote().port());
        address(bytes, 28, socket.family(), socket.local().address());
        address(bytes, 44, socket.family(), socket.remote().address());
        buffer.putInt(60, socket.device());
        buffer.putInt(64, (int) socket.cookie()).putInt(68, (int) (socket.cookie() >>> 32));
        if (socket.cookie() == 0) {
            // INET_DIAG_NOCOOKIE: whatever is there.
            buffer.putLong(64, -1);
        }
        return bytes;
    }

    private static void address(byte[] into, int at, Family family, InetAddress address) {
        byte[] bytes = address.getAddress();
        if (family == Family.IPV6 && bytes.length == 4) {
            into[at + 10] = -1;
            into[at + 11] = -1;
            System.arraycopy(bytes, 0, into, at + 12, 4);
        } else {
            System.arraycopy(bytes, 0, into, at, bytes.length);
        }
    }

    /** Never throws on any bytes. */
    static Opener parse(byte[] answer, TcpState asked) {
        ByteBuffer buffer = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        final int message = 16;
        final int attributes = message + 72;
        if (answer.length < attributes
                || Short.toUnsignedInt(buffer.getShort(4)) != SOCK_DIAG_BY_FAMILY
                || answer[message + 1] != asked.number()) {
            return Opener.UNKNOWN;
        }
        int at = attributes;
        while (at + 4 <= answer.length) {
            int length = Short.toUnsignedInt(buffer.getShort(at));
            if (length < 4 || at + length > answer.length) {
                return Opener.UNKNOWN;
            }
            if (buffer.getShort(at + 2) == INET_DIAG_INFO) {
                // idiag_wqueue is what was written and not acknowledged, a FIN included.
                return opener(buffer, at + 4, length - 4, Integer.toUnsignedLong(buffer.getInt(message + 60)), asked);
            }
            at += (length + 3) & ~3;
        }
        return Opener.UNKNOWN;
    }

    /**
     * Of the sequence numbers that were used up to now, those of data are taken away; a SYN and a FIN are left. Where
     * tcpi_bytes_sent is missing (before Linux 4.19) nothing is known.
     */
    private static Opener opener(ByteBuffer buffer, int info, int length, long unacknowledged, TcpState state) {
        final int bytesRetransmitted = 208;
        if (length < bytesRetransmitted + 8) {
            return Opener.UNKNOWN;
        }
        long acknowledged = buffer.getLong(info + 120);
        long notSent = Integer.toUnsignedLong(buffer.getInt(info + 144));
        long sent = buffer.getLong(info + 200) - buffer.getLong(info + bytesRetransmitted);
        long marks = acknowledged + unacknowledged - notSent - sent;
        long fin = switch (state) {
            // A FIN is the last that is sent: it is not yet where anything waits to be.
            case FIN_WAIT_1, FIN_WAIT_2, CLOSING, LAST_ACK -> notSent == 0 ? 1 : 0;
            case ESTABLISHED, CLOSE_WAIT, SYN_SENT, SYN_RECEIVED, NEW_SYN_RECV, TIME_WAIT, CLOSED, LISTEN -> 0;
        };
        return marks == fin ? Opener.PEER : marks == fin + 1 ? Opener.SELF : Opener.UNKNOWN;
    }
}
