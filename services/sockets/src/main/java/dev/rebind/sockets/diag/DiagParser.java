package dev.rebind.sockets.diag;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.posix.Errno;
import java.util.List;

/**
 * What sock_diag answers, from bytes: messages, each with a header in front, and a {@link DiagMessage} for each socket.
 *
 * <pre>
 * struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid; }; 16 bytes
 * </pre>
 */
final class DiagParser {
    private static final int NLMSG_NOOP = 1;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int HEADER = 16;

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
        var buffer = new NativeBytes(bytes);
        var ends = new DiagMessage.Ends();
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
                        String wrong = DiagMessage.parse(buffer, at + HEADER, at + size, ends, into);
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

    static String explain(int errno) {
        return Errno.name(errno) + " (errno " + errno + ", " + Errno.message(errno) + ")";
    }
}
