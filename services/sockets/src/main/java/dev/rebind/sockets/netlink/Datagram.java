package dev.rebind.sockets.netlink;

import org.jspecify.annotations.Nullable;

/**
 * One datagram from the kernel: messages, each with a header in front.
 *
 * <pre>
 * struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid; }; 16 bytes
 * </pre>
 */
public final class Datagram {
    /** Bytes of a message's header. */
    public static final int HEADER = 16;

    private static final int NLMSG_NOOP = 1;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x10;

    private Datagram() {}

    /** Hands its messages to {@code into}. Never throws on any bytes where {@code into} does not. */
    public static ReplyStatus parse(byte[] bytes, int length, int sequence, MessageConsumer into) {
        var buffer = new NativeBytes(bytes);
        int at = 0;
        while (at < length) {
            if (length - at < HEADER) {
                return new ReplyStatus.Garbled("a netlink header is cut off at byte " + at + " of " + length);
            }
            int size = buffer.getInt(at);
            if (size < HEADER || size > length - at) {
                return new ReplyStatus.Garbled(
                        "a netlink message says it has " + size + " bytes, and " + (length - at) + " are there");
            }
            int type = Short.toUnsignedInt(buffer.getShort(at + 4));
            int flags = Short.toUnsignedInt(buffer.getShort(at + 6));
            if (buffer.getInt(at + 8) == sequence) {
                if ((flags & NLM_F_DUMP_INTR) != 0) {
                    return new ReplyStatus.Interrupted();
                }
                switch (type) {
                    case NLMSG_DONE -> {
                        return end(size >= HEADER + 4 ? buffer.getInt(at + HEADER) : 0);
                    }
                    case NLMSG_ERROR -> {
                        return size < HEADER + 4
                                ? new ReplyStatus.Garbled("a netlink error without its number")
                                : end(buffer.getInt(at + HEADER));
                    }
                    case NLMSG_NOOP -> {}
                    default -> {
                        @Nullable String wrong = into.take(type, buffer, at + HEADER, at + size);
                        if (wrong != null) {
                            return new ReplyStatus.Garbled(wrong);
                        }
                    }
                }
            }
            at += (size + 3) & ~3;
        }
        return new ReplyStatus.More();
    }

    private static ReplyStatus end(int errno) {
        return errno < 0 ? new ReplyStatus.Refused(-errno) : new ReplyStatus.Done();
    }
}
