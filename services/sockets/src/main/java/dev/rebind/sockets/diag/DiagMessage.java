package dev.rebind.sockets.diag;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpInfo;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.netlink.NativeBytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One socket in an answer of inet_diag:
 *
 * <pre>
 * struct inet_diag_msg    { u8 family; u8 state; u8 timer; u8 retrans; struct inet_diag_sockid id;
 *                           u32 expires; u32 rqueue; u32 wqueue; u32 uid; u32 inode; };                72 bytes, then attributes
 * struct inet_diag_sockid { be16 sport; be16 dport; be32 src[4]; be32 dst[4]; u32 if; u32 cookie[2]; } 48 bytes
 * struct rtattr           { u16 len; u16 type; }                   4 bytes, then its data; each starts on a multiple of 4
 * </pre>
 */
final class DiagMessage {
    private static final int MESSAGE = 72;
    private static final int INET_DIAG_INFO = 2;
    private static final int INET_DIAG_SKMEMINFO = 7;
    private static final int INET_DIAG_SKV6ONLY = 11;
    private static final int INET_DIAG_ULP_INFO = 19;
    private static final int INET_ULP_INFO_NAME = 1;
    /** Up to and with tcpi_total_retrans; every kernel of this century has them. */
    private static final int INFO = 104;
    /** Up to and with tcpi_bytes_retrans, Linux 4.19. */
    private static final int INFO_WITH_SENT = 216;

    private static final SocketTimer.Kind[] TIMERS = SocketTimer.Kind.values();

    private @Nullable Boolean v6Only;
    private @Nullable String upperLayer;
    private @Nullable Long dropped;
    private @Nullable TcpInfo info;

    private DiagMessage() {}

    /** The addresses of a dump's messages. For one thread. */
    record Ends(DiagAddresses local, DiagAddresses remote) {
        Ends() {
            this(new DiagAddresses(8), new DiagAddresses(24));
        }
    }

    /** Adds the socket to {@code into}; what is wrong with the bytes, or null. */
    static @Nullable String parse(NativeBytes in, int at, int end, Ends ends, List<TcpSocket> into) {
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
        var more = new DiagMessage();
        more.attributes(in, at + MESSAGE, end);
        long expires = Integer.toUnsignedLong(in.getInt(at + 52));
        into.add(new TcpSocket(
                family,
                state,
                new Endpoint(ends.local().of(in, at, family), in.port(at + 4)),
                new Endpoint(ends.remote().of(in, at, family), in.port(at + 6)),
                Integer.toUnsignedLong(in.getInt(at + 56)),
                Integer.toUnsignedLong(in.getInt(at + 60)),
                timer == 0
                        ? SocketTimer.NONE
                        : new SocketTimer(
                                TIMERS[timer], Duration.ofMillis(expires), Byte.toUnsignedInt(in.get(at + 3))),
                Integer.toUnsignedLong(in.getInt(at + 64)),
                Integer.toUnsignedLong(in.getInt(at + 68)),
                family == Family.IPV6 ? more.v6Only : null,
                in.getInt(at + 40),
                // Two words of 32 bits, the lower one first, whatever the machine's byte order is.
                Integer.toUnsignedLong(in.getInt(at + 44)) | (long) in.getInt(at + 48) << 32,
                more.upperLayer,
                state == TcpState.LISTEN ? more.dropped : null,
                // A listener's tcp_info counts its queues, which are there already.
                state == TcpState.LISTEN ? null : more.info));
        return null;
    }

    private void attributes(NativeBytes in, int from, int end) {
        int at = from;
        while (end - at >= 4) {
            int size = Short.toUnsignedInt(in.getShort(at));
            int type = Short.toUnsignedInt(in.getShort(at + 2));
            if (size < 4 || size > end - at) {
                return;
            }
            switch (type) {
                case INET_DIAG_SKV6ONLY -> v6Only = size > 4 ? in.get(at + 4) != 0 : null;
                case INET_DIAG_ULP_INFO -> upperLayer = name(in, at + 4, at + size);
                // u32[9], the last of which is SK_MEMINFO_DROPS (include/uapi/linux/sock_diag.h, Linux 4.6).
                case INET_DIAG_SKMEMINFO -> dropped = size >= 40 ? Integer.toUnsignedLong(in.getInt(at + 36)) : null;
                case INET_DIAG_INFO -> info = size >= 4 + INFO ? info(in, at + 4, size - 4) : null;
                default -> {
                    // Of no use here.
                }
            }
            at += (size + 3) & ~3;
        }
    }

    /** The name comes first inside (tcp_diag_put_ulp in {@code net/ipv4/tcp_diag.c}), with a 0 at its end. */
    private static @Nullable String name(NativeBytes in, int at, int end) {
        if (end - at < 5 || Short.toUnsignedInt(in.getShort(at + 2)) != INET_ULP_INFO_NAME) {
            return null;
        }
        int size = Short.toUnsignedInt(in.getShort(at));
        if (size < 5 || size > end - at) {
            return null;
        }
        byte[] name = new byte[size - 5];
        in.get(at + 4, name);
        return new String(name, StandardCharsets.US_ASCII);
    }

    private static TcpInfo info(NativeBytes in, int at, int size) {
        return new TcpInfo(
                duration(in, at + 8, ChronoUnit.MICROS),
                duration(in, at + 68, ChronoUnit.MICROS),
                Byte.toUnsignedInt(in.get(at + 2)),
                Byte.toUnsignedInt(in.get(at + 3)),
                Byte.toUnsignedInt(in.get(at + 4)),
                Integer.toUnsignedLong(in.getInt(at + 100)),
                duration(in, at + 44, ChronoUnit.MILLIS),
                duration(in, at + 52, ChronoUnit.MILLIS),
                duration(in, at + 56, ChronoUnit.MILLIS),
                size >= INFO_WITH_SENT ? sent(in, at) : null);
    }

    /** tcpi_bytes_acked, tcpi_notsent_bytes, tcpi_bytes_sent, tcpi_bytes_retrans. */
    private static TcpInfo.SentBytes sent(NativeBytes in, int at) {
        return new TcpInfo.SentBytes(
                in.getLong(at + 120),
                Integer.toUnsignedLong(in.getInt(at + 144)),
                in.getLong(at + 200),
                in.getLong(at + 208));
    }

    private static Duration duration(NativeBytes in, int at, ChronoUnit unit) {
        return Duration.of(Integer.toUnsignedLong(in.getInt(at)), unit);
    }
}
