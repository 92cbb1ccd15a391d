package dev.rebind.sockets.netlink;

import java.nio.charset.StandardCharsets;

/**
 * The attributes of a message, or those inside of one that is nested.
 *
 * <pre>
 * struct nlattr { u16 len; u16 type; }   4 bytes, then its data; each starts on a multiple of 4
 * </pre>
 */
public final class Attributes {
    private static final int HEADER = 4;
    /** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER ({@code include/uapi/linux/netlink.h}). */
    private static final int TYPE = 0x3fff;

    private Attributes() {}

    /** Takes attributes one by one. */
    @FunctionalInterface
    public interface Taker {
        /**
         * @param at where its data begins
         * @param end where its data ends
         */
        void take(int type, int at, int end);
    }

    /** Hands the attributes to {@code into}, up to one that does not fit. */
    public static void each(NativeBytes in, int from, int to, Taker into) {
        int at = from;
        while (to - at >= HEADER) {
            int size = Short.toUnsignedInt(in.getShort(at));
            if (size < HEADER || size > to - at) {
                return;
            }
            into.take(Short.toUnsignedInt(in.getShort(at + 2)) & TYPE, at + HEADER, at + size);
            at += (size + 3) & ~3;
        }
    }

    /** A text, which ends with a 0 or with the data. */
    public static String text(NativeBytes in, int at, int end) {
        int last = at;
        while (last < end && in.get(last) != 0) {
            last++;
        }
        byte[] text = new byte[last - at];
        in.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** A number of 32 bits in the order of the network; -1 where the data is shorter. */
    public static int number(NativeBytes in, int at, int end) {
        return end - at < 4 ? -1 : in.port(at) << 16 | in.port(at + 2);
    }
}
