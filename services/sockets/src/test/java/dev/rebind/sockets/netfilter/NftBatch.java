package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.netlink.Datagram;
import dev.rebind.sockets.netlink.NetlinkSocket;
import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.netlink.Request;
import dev.rebind.sockets.posix.PosixException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes tables, chains and rules of nftables in the network namespace of the calling thread, as nft would. */
public final class NftBatch {
    public static final int INET = 1;
    public static final int IP = 2;
    public static final int NETDEV = 5;
    public static final int BRIDGE = 7;

    private static final int NFNL_SUBSYS_NFTABLES = 10;
    private static final int NLM_F_CREATE = 0x400;
    private static final int NLM_F_APPEND = 0x800;
    private static final int NLA_F_NESTED = 0x8000;

    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
    private int sequence;

    public NftBatch() {
        message(16, Request.REQUEST, 0, NFNL_SUBSYS_NFTABLES);
    }

    /** @param family the number of NFPROTO_* */
    public NftBatch table(int family, String name) {
        return add(0, NLM_F_CREATE, family, text(1, name));
    }

    /** One whose chains no packet meets (NFT_TABLE_F_DORMANT). */
    public NftBatch dormant(int family, String name) {
        return add(0, NLM_F_CREATE, family, text(1, name), number(2, 1));
    }

    /** A chain from which the kernel starts. */
    public NftBatch chain(int family, String table, String name, String type, int hook, int priority) {
        byte[] where = join(number(1, hook), number(2, priority));
        byte[] device = family == NETDEV ? text(3, "lo") : new byte[0];
        return add(3, NLM_F_CREATE, family, text(1, table), text(3, name), nested(4, where, device), text(7, type));
    }

    /** A chain that others jump to. */
    public NftBatch chain(int family, String table, String name) {
        return add(3, NLM_F_CREATE, family, text(1, table), text(3, name));
    }

    /** @param expressions those of one rule, each made by {@link #expression} */
    public NftBatch rule(int family, String table, String chain, byte[]... expressions) {
        return add(6, NLM_F_CREATE | NLM_F_APPEND, family, text(1, table), text(2, chain), nested(4, expressions));
    }

    /** An expression by its name and attributes. */
    public static byte[] expression(String name, byte[]... attributes) {
        return nested(1, text(1, name), nested(2, attributes));
    }

    /** Two bytes from a register are written into the destination port. */
    public static byte[][] setPort(int port) {
        return new byte[][] {
            load(port),
            expression("payload", number(5, 8), number(2, 2), number(3, 2), number(4, 2), number(6, 1), number(7, 16))
        };
    }

    /** A number of 16 bits in the register 8 (NFT_REG32_00). */
    public static byte[] load(int number) {
        return expression("immediate", number(1, 8), nested(2, attribute(1, new byte[] {
            (byte) (number >> 8), (byte) number
        })));
    }

    /** {@code meta l4proto tcp}, which rules that translate need before they name a port. */
    public static byte[][] tcp() {
        return new byte[][] {
            expression("meta", number(2, 16), number(1, 8)),
            expression("cmp", number(1, 8), number(2, 0), nested(3, attribute(1, new byte[] {6})))
        };
    }

    /** A number of 32 bits. */
    public static byte[] number(int type, int number) {
        return attribute(type, ByteBuffer.allocate(4).putInt(number).array());
    }

    private static byte[] text(int type, String text) {
        return attribute(type, (text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] nested(int type, byte[]... parts) {
        return attribute(type | NLA_F_NESTED, join(parts));
    }

    private static byte[] attribute(int type, byte[] data) {
        ByteBuffer attribute = ByteBuffer.allocate((4 + data.length + 3) & ~3).order(ByteOrder.nativeOrder());
        return attribute
                .putShort((short) (4 + data.length))
                .putShort((short) type)
                .put(data)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private NftBatch add(int message, int flags, int family, byte[]... attributes) {
        message(NFNL_SUBSYS_NFTABLES << 8 | message, Request.REQUEST | Request.ACK | flags, family, 0, attributes);
        return this;
    }

    private void message(int type, int flags, int family, int resource, byte[]... attributes) {
        byte[] content = join(attributes);
        sequence++;
        byte[] message = new byte[Datagram.HEADER + 4 + content.length];
        Request.in(message, type, flags, sequence)
                .put((byte) family)
                .put((byte) 0)
                .put((byte) (resource >> 8))
                .put((byte) resource)
                .put(content);
        messages.writeBytes(message);
    }

    /** Makes all of it, or nothing; what the kernel says to the last. */
    public ReplyStatus commit() throws PosixException {
        int last = sequence;
        message(17, Request.REQUEST, 0, NFNL_SUBSYS_NFTABLES);
        try (var netlink = new NetlinkSocket(NetlinkSocket.Protocol.NETFILTER)) {
            return netlink.exchange(messages.toByteArray(), last, (_, _, _, _) -> null);
        }
    }
}
