package dev.rebind.sockets.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The beginning of a request to the kernel: its header, as in {@link Datagram}. */
public final class Request {
    /** NLM_F_REQUEST ({@code include/uapi/linux/netlink.h}). */
    public static final int REQUEST = 1;
    /** NLM_F_ACK: the kernel answers also where it has nothing to say. */
    public static final int ACK = 4;
    /** NLM_F_DUMP: all that there is. */
    public static final int DUMP = 0x300;

    private Request() {}

    /** Writes the header, in the order of this machine's bytes; the content is to be put behind it. */
    public static ByteBuffer in(byte[] whole, int type, int flags, int sequence) {
        return ByteBuffer.wrap(whole)
                .order(ByteOrder.nativeOrder())
                .putInt(whole.length)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(0);
    }
}
