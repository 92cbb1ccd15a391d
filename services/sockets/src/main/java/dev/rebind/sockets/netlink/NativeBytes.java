package dev.rebind.sockets.netlink;

import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Numbers of the machine's own byte order in bytes, from any position. A dump has dozens of them for each of a hundred thousand
 * sockets, and a short command reads them before the JVM has compiled much: a ByteBuffer takes several times as long then. Positions
 * are the caller's to check.
 */
public final class NativeBytes {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final byte[] bytes;

    /** @param bytes that must not change while they are read; they are not copied */
    public NativeBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public byte get(int at) {
        return bytes[at];
    }

    public void get(int at, byte[] into) {
        System.arraycopy(bytes, at, into, 0, into.length);
    }

    /** Whether these bytes are the ones from there on. */
    public boolean same(int at, byte[] others) {
        return Arrays.equals(bytes, at, at + others.length, others, 0, others.length);
    }

    public short getShort(int at) {
        int low = bytes[LITTLE ? at : at + 1] & 0xff;
        return (short) ((bytes[LITTLE ? at + 1 : at] << 8) | low);
    }

    public int getInt(int at) {
        int first = getShort(at) & 0xffff;
        int second = getShort(at + 2) & 0xffff;
        return LITTLE ? (second << 16) | first : (first << 16) | second;
    }

    public long getLong(int at) {
        long first = getInt(at) & 0xffff_ffffL;
        long second = getInt(at + 4) & 0xffff_ffffL;
        return LITTLE ? (second << 32) | first : (first << 32) | second;
    }

    /** A number in the order of the network, which is that of ports. */
    public int port(int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }
}
