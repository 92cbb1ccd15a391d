package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.netlink.Datagram;
import dev.rebind.sockets.netlink.Request;

/**
 * Requests to nftables, as bytes:
 *
 * <pre>
 * struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid; }; 16 bytes
 * struct nfgenmsg { u8 family; u8 version; be16 res_id; };              4 bytes ({@code include/uapi/linux/netfilter/nfnetlink.h})
 * </pre>
 *
 * The type is the number of the subsystem and that of the message ({@code include/uapi/linux/netfilter/nf_tables.h}).
 */
final class NftRequest {
    private static final int NFNL_SUBSYS_NFTABLES = 10 << 8;
    static final int NFT_MSG_NEWTABLE = NFNL_SUBSYS_NFTABLES;
    static final int NFT_MSG_GETTABLE = NFNL_SUBSYS_NFTABLES | 1;
    static final int NFT_MSG_NEWCHAIN = NFNL_SUBSYS_NFTABLES | 3;
    static final int NFT_MSG_GETCHAIN = NFNL_SUBSYS_NFTABLES | 4;
    static final int NFT_MSG_NEWRULE = NFNL_SUBSYS_NFTABLES | 6;
    static final int NFT_MSG_GETRULE = NFNL_SUBSYS_NFTABLES | 7;

    /** Bytes of struct nfgenmsg. */
    static final int GENERAL = 4;

    private NftRequest() {}

    /** All tables, all chains, or all rules, of all families (NFPROTO_UNSPEC). */
    static byte[] dump(int type, int sequence) {
        byte[] bytes = new byte[Datagram.HEADER + GENERAL];
        Request.in(bytes, type, Request.REQUEST | Request.DUMP, sequence);
        return bytes;
    }
}
