package dev.rebind.sockets.diag;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.posix.Errno;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What sock_diag answers, from bytes:
 *
 * <pre>
 * struct nlmsghdr      { u32 len; u16 type; u16 flags; u32 seq; u32 pid; };                  16 bytes
 * struct inet_diag_msg { u8 family; u8 state; u8 timer; u8 retrans; struct inet_diag_sockid id;
 *                        u32 expires; u32 rqueue; u32 wqueue; u32 uid; u32 inode; };          72 bytes, then attributes
 * </pre>
 */
final class DiagParser {
    private static final int NLMSG_NOOP = 1;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int HEADER = 16;
    private static final int MESSAGE = 72;
    private static final int INET_DIAG_SKV6ONLY = 11;
    private static final SocketTimer.Kind[] TIMERS = SocketTimer.Kind.values();

    private DiagParser() {}

    /** What one datagram from the kernel came to. */
    sealed interface Outcome {
        /** There is more to come. */
        record More() implements Outcome {}

        /** The dump, or the acknowledged request, is over. */
        record Done() implements Outcome {}

        /** The tables changed under the dump in a way that the kernel could not hide: what came is to be thrown away. */
        record Interrupted() implements Outcome {}

        /** @param errno positive */
        record Refused(int errno) implements Outcome {}

        record Garbled(String why) implements Outcome {}
    }

    /** Adds the datagram's sockets to {@code into}. Never throws on any bytes. */
    static Outcome parse(byte[] bytes, int length, int sequence, List<TcpSocket> into) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length).slice().order(ByteOrder.nativeOrder());
        int at = 0;
        while (at < length) {
            if (length - at < HEADER) {
                return new Outcome.Garbled("a netlink header is cut off at byte " + at + " of " + length);
            }
            int size = buffer.getInt(at);
            if (size < HEADER || size > length - at) {
                return new Outcome.Garbled(
                        "a netlink message says it has " + size + " bytes, and " + (length - at) + " are there");
            }
            int type = Short.toUnsignedInt(buffer.getShort(at + 4));
            int flags = Short.toUnsignedInt(buffer.getShort(at + 6));
            if (buffer.getInt(at + 8) == sequence) {
                if ((flags & NLM_F_DUMP_INTR) != 0) {
                    return new Outcome.Interrupted();
                }
                switch (type) {
                    case NLMSG_DONE -> {
                        int errno = size >= HEADER + 4 ? buffer.getInt(at + HEADER) : 0;
                        return errno < 0 ? new Outcome.Refused(-errno) : new Outcome.Done();
                    }
                    case NLMSG_ERROR -> {
                        if (size < HEADER + 4) {
                            return new Outcome.Garbled("a netlink error without its number");
                        }
                        int errno = buffer.getInt(at + HEADER);
                        return errno < 0 ? new Outcome.Refused(-errno) : new Outcome.Done();
                    }
                    // The kernel answers with the request's own type.
                    case DiagRequest.SOCK_DIAG_BY_FAMILY, DiagRequest.TCPDIAG_GETSOCK -> {
                        String wrong = socket(buffer, at + HEADER, at + size, into);
                        if (wrong != null) {
                            return new Outcome.Garbled(wrong);
                        }
                    }
                    case NLMSG_NOOP -> {}
                    default -> {
                        return new Outcome.Garbled("a netlink message of the type " + type);
                    }
                }
            }
            at += (size + 3) & ~3;
        }
        return new Outcome.More();
    }

    private static @Nullable String socket(ByteBuffer in, int at, int end, List<TcpSocket> into) {
        if (end - at < MESSAGE) {
            return "a socket's message has " + (end - at) + " bytes and not " + MESSAGE;
        }
        int familyNumber = Byte.toUnsignedInt(in.get(at));
        if (familyNumber != 2 && familyNumber != 10) {
            return "a socket of the address family " + familyNumber;
        }
        Family family = familyNumber == 2 ? Family.IPV4 : Family.IPV6;
        int stateNumber = Byte.toUnsignedInt(in.get(at + 1));
        if (stateNumber == DiagRequest.BOUND_INACTIVE) {
            stateNumber = TcpState.CLOSED.number();
        }
        if (stateNumber < 1 || stateNumber > TcpState.NEW_SYN_RECV.number()) {
            return "a socket in the state " + stateNumber;
        }
        int timer = Byte.toUnsignedInt(in.get(at + 2));
        if (timer >= TIMERS.length) {
            return "a socket with the timer " + timer;
        }
        TcpState state = TcpState.of(stateNumber);
        long expires = Integer.toUnsignedLong(in.getInt(at + 52));
        into.add(new TcpSocket(
                family,
                state,
                new Endpoint(address(in, at + 8, family), port(in, at + 4)),
                new Endpoint(address(in, at + 24, family), port(in, at + 6)),
                Integer.toUnsignedLong(in.getInt(at + 56)),
                Integer.toUnsignedLong(in.getInt(at + 60)),
                timer == 0
                        ? SocketTimer.NONE
                        : new SocketTimer(
                                TIMERS[timer], Duration.ofMillis(expires), Byte.toUnsignedInt(in.get(at + 3))),
                Integer.toUnsignedLong(in.getInt(at + 64)),
                Integer.toUnsignedLong(in.getInt(at + 68)),
                family == Family.IPV6 ? v6Only(in, at + MESSAGE, end) : null));
        return null;
    }

    /** {@code struct rtattr { u16 len; u16 type; }} and its data, one after the other, each on a multiple of 4. */
    private static @Nullable Boolean v6Only(ByteBuffer in, int from, int end) {
        int at = from;
        while (end - at >= 4) {
            int size = Short.toUnsignedInt(in.getShort(at));
            int type = Short.toUnsignedInt(in.getShort(at + 2));
            if (size < 4 || size > end - at) {
                return null;
            }
            if (type == INET_DIAG_SKV6ONLY && size > 4) {
                return in.get(at + 4) != 0;
            }
            at += (size + 3) & ~3;
        }
        return null;
    }

    private static int port(ByteBuffer in, int at) {
        return (Byte.toUnsignedInt(in.get(at)) << 8) | Byte.toUnsignedInt(in.get(at + 1));
    }

    private static InetAddress address(ByteBuffer in, int at, Family family) {
        byte[] address = new byte[family == Family.IPV4 ? 4 : 16];
        in.get(at, address);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes", e);
        }
    }

    static String explain(int errno) {
        return Errno.name(errno) + " (errno " + errno + ", " + Errno.message(errno) + ")";
    }
}
