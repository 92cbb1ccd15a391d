package dev.rebind.sockets.diag;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.netlink.Datagram;
import dev.rebind.sockets.netlink.Request;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Requests to sock_diag, as bytes:
 *
 * <pre>
 * struct nlmsghdr         { u32 len; u16 type; u16 flags; u32 seq; u32 pid; };                                16 bytes
 * struct inet_diag_req_v2 { u8 family; u8 protocol; u8 ext; u8 pad; u32 states; struct inet_diag_sockid id; } 56 bytes
 * struct inet_diag_req    { u8 family; u8 src_len; u8 dst_len; u8 ext; struct inet_diag_sockid id; u32 states; u32 dbs; } 60 bytes
 * struct inet_diag_sockid { be16 sport; be16 dport; be32 src[4]; be32 dst[4]; u32 if; u32 cookie[2]; }        48 bytes
 * struct inet_diag_bc_op  { u8 code; u8 yes; u16 no; }                                                         4 bytes
 * </pre>
 */
final class DiagRequest {
    static final int SOCK_DIAG_BY_FAMILY = 20;
    static final int SOCK_DESTROY = 21;

    private static final int REQUEST = 56;
    private static final int INET_DIAG_REQ_BYTECODE = 1;
    /** The first version of the request; its dump has the sockets of both families in one walk of the tables. */
    static final int TCPDIAG_GETSOCK = 18;

    private static final int FIRST_REQUEST = 60;
    private static final int INET_DIAG_INFO = 2;
    private static final int INET_DIAG_SKMEMINFO = 7;
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;
    private static final int BC_JMP = 1;
    private static final int BC_S_GE = 2;
    private static final int BC_S_LE = 3;
    private static final int BC_D_GE = 4;
    private static final int BC_D_LE = 5;
    /** A comparison of ports is two operations: the comparison, and one whose {@code no} is the port. */
    private static final int COMPARISON = 8;

    /**
     * TCP_BOUND_INACTIVE of {@code include/net/tcp_states.h}, Linux 6.8: sockets that are bound and neither listening nor
     * connected. Older kernels ignore the bit and do not show such sockets at all.
     */
    static final int BOUND_INACTIVE = 13;

    private DiagRequest() {}

    /** All sockets of a family that match the query; the kernel applies the ports and states. */
    static byte[] dump(Family family, SocketQuery query, boolean info, int sequence) {
        byte[] filter = filter(query);
        byte[] bytes = allocate(REQUEST, filter);
        ByteBuffer request = Request.in(bytes, SOCK_DIAG_BY_FAMILY, Request.REQUEST | Request.DUMP, sequence);
        request(request, family, IPPROTO_TCP, info, states(query));
        ports(request, query);
        attribute(request, Datagram.HEADER + REQUEST, filter);
        return bytes;
    }

    /**
     * The same for both families at once: inet_diag_dump_compat asks for AF_UNSPEC, which a request of the second version
     * cannot. The walk over the kernel's tables is what a dump costs.
     */
    static byte[] dump(SocketQuery query, boolean info, int sequence) {
        byte[] filter = filter(query);
        byte[] bytes = allocate(FIRST_REQUEST, filter);
        ByteBuffer request = Request.in(bytes, TCPDIAG_GETSOCK, Request.REQUEST | Request.DUMP, sequence);
        request.put((byte) 0).put((byte) 0).put((byte) 0).put(extensions(info));
        ports(request, query);
        request.putInt(Datagram.HEADER + 52, states(query));
        attribute(request, Datagram.HEADER + FIRST_REQUEST, filter);
        return bytes;
    }

    private static byte[] allocate(int request, byte[] filter) {
        return new byte[Datagram.HEADER + request + (filter.length == 0 ? 0 : 4 + filter.length)];
    }

    /**
     * The ports of the id are compared before anything else is looked at; the bytecode says the same to the kernel's
     * other walk (bound sockets), which does not look at the id.
     */
    private static void ports(ByteBuffer request, SocketQuery query) {
        port(request, query.either() ? 0 : query.localPort().orElse(0));
        port(request, query.either() ? 0 : query.remotePort().orElse(0));
    }

    private static void attribute(ByteBuffer request, int at, byte[] filter) {
        if (filter.length > 0) {
            request.position(at);
            request.putShort((short) (4 + filter.length));
            request.putShort((short) INET_DIAG_REQ_BYTECODE);
            request.put(filter);
        }
    }

    /** All UDP sockets of a family that are bound to the port. */
    static byte[] datagrams(Family family, int localPort, int sequence) {
        byte[] bytes = new byte[Datagram.HEADER + REQUEST];
        ByteBuffer request = Request.in(bytes, SOCK_DIAG_BY_FAMILY, Request.REQUEST | Request.DUMP, sequence);
        request(request, family, IPPROTO_UDP, false, -1);
        port(request, localPort);
        return bytes;
    }

    /** Destroys one socket; needs CAP_NET_ADMIN and a kernel with CONFIG_INET_DIAG_DESTROY. */
    static byte[] destroy(TcpSocket socket, int sequence) {
        return one(SOCK_DESTROY, Request.REQUEST | Request.ACK, socket, false, 0, sequence);
    }

    /** Asks for the one socket that has these addresses and device: inet_diag_find_one_icsk, without a walk. */
    static byte[] ask(TcpSocket socket, boolean info, int sequence) {
        return one(SOCK_DIAG_BY_FAMILY, Request.REQUEST, socket, info, socket.device(), sequence);
    }

    private static byte[] one(int type, int flags, TcpSocket socket, boolean info, int device, int sequence) {
        byte[] bytes = new byte[Datagram.HEADER + REQUEST];
        ByteBuffer request = Request.in(bytes, type, flags, sequence);
        request(request, socket.family(), IPPROTO_TCP, info, -1);
        port(request, socket.local().port());
        port(request, socket.remote().port());
        address(request, socket.family(), socket.local().address());
        address(request, socket.family(), socket.remote().address());
        request.putInt(device);
        // INET_DIAG_NOCOOKIE: any socket with these addresses.
        request.putInt(-1).putInt(-1);
        return bytes;
    }

    private static void request(ByteBuffer request, Family family, int protocol, boolean info, int states) {
        request.put((byte) (family == Family.IPV4 ? 2 : 10));
        request.put((byte) protocol);
        request.put(extensions(info)).put((byte) 0);
        request.putInt(states);
    }

    /**
     * With the bit of INET_DIAG_INFO the answer has tcp_info, and the name of the protocol on top for CAP_NET_ADMIN; with that of
     * INET_DIAG_SKMEMINFO what a listener has dropped.
     */
    private static byte extensions(boolean info) {
        return (byte) (info ? 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1) : 0);
    }

    /** One bit a state. A request_sock is asked for, and shown, as SYN_RECV. */
    private static int states(SocketQuery query) {
        int states = 0;
        for (TcpState state : query.states()) {
            states |= 1 << state.number();
            if (state == TcpState.NEW_SYN_RECV) {
                states |= 1 << TcpState.SYN_RECEIVED.number();
            }
            if (state == TcpState.CLOSED) {
                states |= 1 << BOUND_INACTIVE;
            }
        }
        return states;
    }

    /**
     * Ports as bytecode: each is a comparison from below and one from above. {@code yes} goes on behind the comparison, {@code
     * no} past the end by one operation, which is how {@code inet_diag_bc_run} says no. With "either", the first
     * port's {@code no} goes to the second port instead, and a jump leads from behind the first to the end.
     */
    private static byte[] filter(SocketQuery query) {
        boolean local = query.localPort().isPresent();
        boolean remote = query.remotePort().isPresent();
        boolean either = query.either() && local && remote;
        int length = (local ? 2 * COMPARISON : 0) + (remote ? 2 * COMPARISON : 0) + (either ? 4 : 0);
        ByteBuffer code = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        int afterLocal = either ? 2 * COMPARISON + 4 : length + 4;
        query.localPort().ifPresent(port -> {
            compare(code, BC_S_GE, port, afterLocal);
            compare(code, BC_S_LE, port, afterLocal);
        });
        if (either) {
            int toTheEnd = length - code.position();
            code.put((byte) BC_JMP).put((byte) 4).putShort((short) toTheEnd);
        }
        query.remotePort().ifPresent(port -> {
            compare(code, BC_D_GE, port, length + 4);
            compare(code, BC_D_LE, port, length + 4);
        });
        return code.array();
    }

    /** @param no where a "no" leads, counted from the start of the code */
    private static void compare(ByteBuffer code, int operation, int port, int no) {
        int distance = no - code.position();
        code.put((byte) operation).put((byte) COMPARISON).putShort((short) distance);
        code.put((byte) 0).put((byte) 0).putShort((short) port);
    }

    private static void port(ByteBuffer request, int port) {
        request.put((byte) (port >> 8)).put((byte) port);
    }

    private static void address(ByteBuffer request, Family family, InetAddress address) {
        int start = request.position();
        byte[] bytes = address.getAddress();
        if (family == Family.IPV6 && bytes.length == 4 && !address.isAnyLocalAddress()) {
            request.position(start + 10);
            request.put((byte) 0xff).put((byte) 0xff);
        }
        if (family == Family.IPV4 || bytes.length == 16 || !address.isAnyLocalAddress()) {
            request.put(bytes);
        }
        request.position(start + 16);
    }
}
